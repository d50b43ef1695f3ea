import { describeMachine, median } from '../page';
import type { Contender, Results, Suite, WorkerRun } from './results';
import { figure } from './results';
import { TARGETS, type Target } from './targets';

/** The section of docs/benchmarks.md. */
export function section({ run, machine }: Results): string {
  const loads = run.rounds.map((it) => it.load);
  return `## The worker

${describeMachine(machine)} ${run.go}, GOMAXPROCS ${run.procs}; ${versions(run)}.
${run.rounds.length} rounds; in each, every suite of speed runs once with every contender, in an order drawn at random; those of memory and of ended processes run once, after the rounds.
Contenders that would take minutes do fewer tasks. Each run is a process
and a queue of its own on a broker that all of its kind share, on the same two cores. Figures are medians of the rounds.
The load before the rounds was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} (median ${median(loads).toFixed(1)}).
Raw results: \`bench/worker/results.json\`.

${run.slots} slots, payloads of 256 bytes of JSON, which every contender decodes once. Capstan has what its plan gives it: nothing is
tuned for a broker. The loops by hand are as a person who knows the client would write them, without retries, dead
letters, leases that are renewed, or a report; watermill and river stand beside them.

![Tasks a second on each broker](benchmarks-worker.svg)

### Targets

${targets(run)}

${run.suites.map(table).join('\n\n')}
`;
}

function versions({ versions: all }: WorkerRun): string {
  return Object.entries(all)
    .map(([path, version]) => `${path.replace(/\/v\d+$/, '').replace(/^[^/]+\//, '')} ${version}`)
    .sort()
    .join(', ');
}

function targets(run: WorkerRun): string {
  return ['| | what | wanted | measured | |', '| --- | --- | ---: | ---: | --- |', ...TARGETS.map(row)].join(
    '\n',
  );

  function row({ kind, what, bound, unit, read }: Target): string {
    const value = read(run);
    const result = value === undefined ? 'not measured' : value >= bound ? 'met' : '**missed**';
    return `| ${kind} | ${what} | ≥ ${bound}${unit} | ${value?.toFixed(2) ?? ''}${value === undefined ? '' : unit} | ${result} |`;
  }
}

const HEADS: Readonly<Record<string, string>> = {
  tasksPerSecond: 'tasks/s',
  cpuSecondsPer1000: 'CPU s per 1,000',
  maxRssMiB: 'peak RSS MiB',
  p50Ms: 'p50 ms',
  p99Ms: 'p99 ms',
  lost: 'lost',
  duplicates: 'done twice',
  stopSeconds: 'seconds to stop',
};

function table({ name, title, contenders }: Suite): string {
  const measures = Object.keys(HEADS).filter((measure) =>
    contenders.some((it) => it.values[measure] !== undefined),
  );
  return [
    `### ${title[0]?.toUpperCase()}${title.slice(1)}`,
    '',
    `<!-- ${name} -->`,
    `| | on | ${measures.map((it) => HEADS[it]).join(' | ')} |`,
    `| --- | --- | ${measures.map(() => '---:').join(' | ')} |`,
    ...contenders.map(
      (it) => `| ${it.name} | ${it.broker} | ${measures.map((measure) => shown(it, measure)).join(' | ')} |`,
    ),
    ...contenders.flatMap((it) => (it.failed ?? []).map((why) => `\n${it.name}, ${why}`)),
  ].join('\n');
}

function shown(contender: Contender, measure: string): string {
  const value = figure(contender, measure);
  if (value === undefined) return '';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toString();
}
