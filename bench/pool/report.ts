import { describeMachine, median } from '../page';
import type { Contender, PoolRun, Results, Suite } from './results';
import { TARGETS, type Target } from './targets';

const PEERS = ['ants', 'pond', 'conc', 'workerpool', 'sync'];

/** The section of docs/benchmarks.md. */
export function section(results: Results): string {
  const { run, machine } = results;
  const others = run.rounds.map((it) => it.others * 100);
  return `## The pool

${describeMachine(machine)} ${run.go}, GOMAXPROCS ${run.procs}; ${versions(run)}.
${run.rounds.length} rounds; in each, every suite runs once with every contender, in an order drawn at random. Figures are
medians of the rounds; a ratio is the median of the ratios within each round. In the rounds other programs used
${Math.round(Math.min(...others))} to ${Math.round(Math.max(...others))} % of the cores (median ${Math.round(median(others))} %): wall times suffer from that, CPU times hardly.
Before the rounds each contender shows that it runs every task exactly once. Raw results: \`bench/pool/results.json\`.

All have the same number of workers, and a submit that blocks. Those without a queue (conc, errgroup, ants, the unbuffered
channel) take a task only when a worker is free, also where the others have a queue; gammazero has no bound at all. *bare
core* is the heart of Capstan's pool alone, without context, resize, drain, recovery and numbers: what this machine allows
the design.

![Time for a task, beside that of Capstan](benchmarks-pool.svg)

### Targets

${targets(run)}

${run.suites.map(table).join('\n\n')}
`;
}

function versions({ versions: all }: PoolRun): string {
  return Object.entries(all)
    .map(([path, version]) => ({
      name:
        path
          .replace(/\/v\d+$/, '')
          .split('/')
          .at(-1) ?? path,
      version,
    }))
    .filter(({ name }) => PEERS.includes(name))
    .map(({ name, version }) => `${name} ${version}`)
    .join(', ');
}

function targets(run: PoolRun): string {
  return [
    '| | suite | wanted | wall | CPU | |',
    '| --- | --- | --- | ---: | ---: | --- |',
    ...TARGETS.map((it) => targetRow(run, it)),
  ].join('\n');
}

function targetRow(run: PoolRun, target: Target): string {
  const [wall, cpu] = target.measures.map((measure) => target.read(run, measure));
  const met = wall !== undefined && (target.least ? wall >= target.bound : wall <= target.bound);
  const shown = (value: number | undefined) =>
    value === undefined ? '' : `${value.toFixed(2)}${target.unit}`;
  const bound = `${target.least ? '≥' : '≤'} ${target.bound}${target.unit}`;
  return `| ${target.kind} | ${target.suite} | ${bound} ${target.than} | ${shown(wall)} | ${shown(cpu)} | ${met ? 'met' : '**missed**'} |`;
}

const HEADS: Readonly<Record<string, string>> = {
  ns: 'ns a task',
  cpuNs: 'CPU ns a task',
  allocs: 'allocations',
  bytes: 'bytes',
  p50us: 'p50 µs',
  p99us: 'p99 µs',
  p50usIntended: 'p50 µs, as intended',
  p99usIntended: 'p99 µs, as intended',
};

function table({ name, title, contenders }: Suite): string {
  const measures = Object.keys(HEADS).filter((it) =>
    contenders.some(({ values }) => values[it] !== undefined),
  );
  const [base] = measures;
  const reference = contenders.find((it) => it.name.startsWith('capstan')) ?? contenders[0];
  const rows = contenders.map((it) => {
    const cells = measures.map((measure) => shownMedian(it.values[measure]));
    const times = pairedRatio(it, reference, base);
    return `| ${it.name} | ${cells.join(' | ')} | ${times} |`;
  });
  return [
    `### ${title[0]?.toUpperCase()}${title.slice(1)}`,
    '',
    `<!-- ${name} -->`,
    `| | ${measures.map((it) => HEADS[it]).join(' | ')} | × Capstan |`,
    `| --- | ${measures.map(() => '---:').join(' | ')} | ---: |`,
    ...rows,
  ].join('\n');
}

function pairedRatio(one: Contender, reference: Contender | undefined, measure: string | undefined): string {
  const [mine, base] = [one, reference].map((it) => it?.values[measure ?? '']);
  if (mine === undefined || base === undefined) return '';
  return median(mine.map((value, round) => value / (base[round] ?? Number.NaN))).toFixed(2);
}

function shownMedian(values: readonly number[] | undefined): string {
  if (values === undefined) return '';
  const value = median(values);
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);
}
