import { createHash } from 'node:crypto';
import { type Chart, Names } from 'cdk8s';
import type { RenderedChart } from './documents';

const NAME_LENGTH = 63;
const HASH_LENGTH = 8;

/** What an id may be to stand in a file name as it is. */
const PLAIN = /^[0-9a-z-]+$/;

/**
 * Names the files or folders of charts, without an ending: outside of environments as cdk8s does, in one by the path
 * below it, with a hash only where two would be called the same. Where charts have to be applied in order, a number
 * stands before them.
 *
 * @param charts those of one environment, or those in none; dependencies first
 */
export function chartNames(charts: readonly RenderedChart[]): ReadonlyMap<Chart, string> {
  const together = new Set(charts.map(({ chart }) => chart));
  const isOrdered = charts.some(({ after }) => [...after].some((chart) => together.has(chart)));
  const taken = new Set(charts.map(pathBelow).filter((path) => PLAIN.test(path)));
  const uses = countOf(charts.map(readableName));
  const baseName = (it: RenderedChart) => {
    if (it.environment === undefined) return Names.toDnsLabel(it.chart);
    const [path, name] = [pathBelow(it), readableName(it)];
    const isClear = name === path || (uses.get(name) === 1 && !taken.has(name));
    return isClear && name !== '' ? name : withHash(name, path);
  };
  return new Map(
    charts.map((it, index) => [
      it.chart,
      isOrdered ? `${String(index).padStart(4, '0')}-${baseName(it)}` : baseName(it),
    ]),
  );
}

/** The ids from the environment down to the chart. */
function pathBelow({ chart, environment }: RenderedChart): string {
  const { path } = chart.node;
  return environment === undefined ? path : path.slice(environment.node.path.length + 1);
}

/** The words of the ids; the last ones where they are many. */
function readableName(chart: RenderedChart): string {
  const words = pathBelow(chart)
    .toLowerCase()
    .split(/[^0-9a-z]+/);
  const name = words.filter((word) => word !== '').join('-');
  return name.length <= NAME_LENGTH ? name : name.slice(-NAME_LENGTH).replace(/^-/, '');
}

function withHash(name: string, path: string): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, HASH_LENGTH);
  return [name.slice(0, NAME_LENGTH - HASH_LENGTH - 1), hash].filter((part) => part !== '').join('-');
}

function countOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
