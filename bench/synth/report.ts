import { describeMachine, type Machine, median } from '../page';
import type { Cost, Kind, Measurement, Start } from './measurement';
import { OBJECTS_PER_CHART } from './tree';

/** What a run of the benchmark gives. */
export interface Results {
  readonly machine: Machine;
  readonly measurements: readonly Measurement[];
  readonly starts: readonly Start[];
}

/**
 * The section of docs/benchmarks.md.
 *
 * @throws Error when Capstan and cdk8s wrote different files
 */
export function section(results: Results): string {
  const charts = [...new Set(results.measurements.map((it) => it.charts))];
  for (const count of charts) requireSameFiles(results.measurements.filter((it) => it.charts === count));
  return `## Synthesis

${describeMachine(results.machine)} ${OBJECTS_PER_CHART} objects a chart, each case in a process of its own, in turn;
medians, CPU seconds of all threads (wall seconds in brackets). The *floor* is one pass without writing: construct,
\`toJson\` of each object, \`Yaml.stringify\`. *Capstan* also links dependencies, checks every document against the
schemas of Kubernetes, and writes the files, which have the names and bytes that *cdk8s* gives them.

| charts | floor | Capstan | of the floor | peak memory | cdk8s |
| ---: | ---: | ---: | ---: | ---: | ---: |
${charts.map((count) => row(results.measurements.filter((it) => it.charts === count))).join('\n')}

A program with one Deployment through \`npx cdk8s synth\`, median of ${results.starts.length / 2} starts:
${starts(results.starts)}
`;
}

function row(measurements: readonly Measurement[]): string {
  const of = (kind: Kind) => measurements.filter((it) => it.kind === kind);
  const [floor, capstan, stock] = [of('floor'), of('capstan'), of('stock')];
  const cells = [
    measurements[0]?.charts.toLocaleString('en') ?? '',
    cost(floor),
    cost(capstan),
    ratio(capstan, floor),
    `${Math.round(median(capstan.map((it) => it.peakBytes)) / 2 ** 20)} MiB`,
    stock.length === 0 ? 'not measured' : cost(stock),
  ];
  return `| ${cells.join(' | ')} |`;
}

function starts(all: readonly Start[]): string {
  const [stock, capstan] = (['stock', 'capstan'] as const).map((kind) =>
    all.filter((it) => it.kind === kind),
  );
  if (stock === undefined || capstan === undefined) return '';
  return `cdk8s ${cost(stock)}, Capstan ${cost(capstan)}: ${ratio(capstan, stock)}.`;
}

function cost(costs: readonly Cost[]): string {
  const [cpu, wall] = [costs.map((it) => it.cpuSeconds), costs.map((it) => it.wallSeconds)].map(median);
  return `${cpu?.toFixed(2)} s (${wall?.toFixed(2)})`;
}

function ratio(costs: readonly Cost[], base: readonly Cost[]): string {
  const of = (pick: (cost: Cost) => number) => median(costs.map(pick)) / median(base.map(pick));
  return `${of((it) => it.cpuSeconds).toFixed(2)} × (${of((it) => it.wallSeconds).toFixed(2)} ×)`;
}

function requireSameFiles(measurements: readonly Measurement[]): void {
  const written = measurements.filter(({ kind }) => kind !== 'floor').map(({ files }) => files);
  if (new Set(written).size !== 1) throw new Error('Capstan and cdk8s wrote different files');
}
