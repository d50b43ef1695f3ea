import type { Problem } from '../../problem';
import { readFrom } from '../read-autoscaler';
import { Reader } from '../reader';
import type { AutoscalerSpec, MetricSpec } from '../spec';
import type { Scenario } from './scenario';

/** The longest run, so that a typing error does not run for hours. */
const DURATION_MAX_SECONDS = 366 * 24 * 3600;

/** Most of the external metric: a thousand times as much is the largest number that a double counts singly to. */
const BACKLOG_MAX = 9e12;

const REPLICAS_MAX = 1_000_000;

/** A document as a scenario, or what is wrong with it. */
export type ReadScenario = SoundScenario | RefusedScenario;

/** A document that is a scenario. */
export interface SoundScenario {
  /** With the defaults in place. */
  readonly scenario: Scenario;
  /**
   * Nothing.
   *
   * @default nothing is wrong
   */
  readonly problems?: undefined;
}

/** A document that is none. */
export interface RefusedScenario {
  /**
   * Nothing.
   *
   * @default it cannot be read
   */
  readonly scenario?: undefined;
  /** All that is wrong, one or more. */
  readonly problems: readonly Problem[];
}

/** Reads a scenario. What its autoscaler does not measure may be left out, and times that are 0. */
export function readScenario(document: unknown): ReadScenario {
  const problems: Problem[] = [];
  const scenario = readFields(new Reader(document, '', problems));
  return problems.length === 0 ? { scenario } : { problems };
}

function readFields(from: Reader): Scenario {
  from.isObject('Give a scenario, or a list of them.');
  const name = from.field('name');
  const hpa = from.field('hpa');
  const spec = readFrom(hpa);
  for (const [index, metric] of spec.metrics.entries()) {
    if (!isKnown(metric)) refuseMetric(hpa.field('spec').field('metrics'), metric, index);
  }
  return {
    name: name.isAbsent ? '' : name.text('Name the scenario, or leave the name out.'),
    spec,
    initialReplicas: from
      .field('initialReplicas')
      .number({ least: 0, most: REPLICAS_MAX, whole: true }, 'Give the pods at the start.'),
    ...readTiming(from),
    ...readLoad(from, spec),
    ...readCpu(from, spec),
    missingSteps: readMissing(from.field('missingSteps'), spec),
  };
}

/** Metrics that a scenario has, by source. */
const KNOWN: Readonly<Record<MetricSpec['source'], string>> = {
  Pods: 'pool_utilization',
  External: 'backlog',
  Object: 'backlog',
  Resource: 'cpu',
  ContainerResource: 'cpu',
};

function isKnown({ source, name }: MetricSpec): boolean {
  return KNOWN[source] === name;
}

function refuseMetric(metrics: Reader, { source, name }: MetricSpec, index: number): void {
  // One without a name is a problem already.
  if (name === '') return;
  const wanted = `must be ${KNOWN[source]} where its type is ${source}`;
  metrics.element(index).refuse(wanted, 'A scenario has no other series.', name);
}

type Timing = Pick<
  Scenario,
  | 'podPendingSeconds'
  | 'podReadySeconds'
  | 'podTerminationSeconds'
  | 'unreadyPods'
  | 'durationSeconds'
  | 'seriesStepSeconds'
  | 'syncLatencyMillis'
>;

function readTiming(from: Reader): Timing {
  const seconds = (name: string) => from.field(name).number({ least: 0, absent: 0 }, 'Give seconds.');
  return {
    podPendingSeconds: seconds('podPendingSeconds'),
    podReadySeconds: seconds('podReadySeconds'),
    podTerminationSeconds: seconds('podTerminationSeconds'),
    unreadyPods: from.field('unreadyPods').oneOf(['zero', 'missing'], 'Say what they report.', 'zero'),
    durationSeconds: from
      .field('durationSeconds')
      .number({ least: 1, most: DURATION_MAX_SECONDS }, 'Give the length of the run.'),
    seriesStepSeconds: from
      .field('seriesStepSeconds')
      .number({ least: 0.001 }, 'Give the width of a step of the series.'),
    syncLatencyMillis: from
      .field('syncLatencyMillis')
      .number({ least: 0, absent: 0 }, 'Give what a sync takes.'),
  };
}

function readLoad(
  from: Reader,
  spec: AutoscalerSpec,
): Pick<Scenario, 'demandSlots' | 'slotsPerPod' | 'backlog'> {
  const hasDemand = spec.metrics.some(({ name }) => name !== 'backlog');
  const hasBacklog = spec.metrics.some(({ name }) => name === 'backlog');
  const slots = from.field('slotsPerPod');
  return {
    demandSlots: readSeries(from.field('demandSlots'), hasDemand, 'Give the busy slots of each step.'),
    slotsPerPod: slots.number(
      { least: 1, most: REPLICAS_MAX, ...(hasDemand ? {} : { absent: 1 }) },
      'Give the slots of a pod.',
    ),
    backlog: readSeries(from.field('backlog'), hasBacklog, 'Give the external metric of each step.'),
  };
}

function readSeries(series: Reader, isNeeded: boolean, fix: string): readonly number[] {
  if (!isNeeded && (series.isAbsent || series.isEmptyList)) return [0];
  return series.series({ least: 0, most: BACKLOG_MAX }, fix);
}

type Cpu = Pick<
  Scenario,
  | 'cpuMilliPerBusySlot'
  | 'cpuRequestMilli'
  | 'unreadyCpuMilli'
  | 'cpuMetricWindowSeconds'
  | 'cpuMetricAgeSeconds'
>;

function readCpu(from: Reader, spec: AutoscalerSpec): Cpu {
  const hasCpu = spec.metrics.some(({ name }) => name === 'cpu');
  const least = hasCpu ? 1 : 0;
  const needed = hasCpu ? {} : { absent: 0 };
  return {
    cpuMilliPerBusySlot: from
      .field('cpuMilliPerBusySlot')
      .number({ least: 0, ...needed }, 'Give the CPU of a busy slot.'),
    cpuRequestMilli: from
      .field('cpuRequestMilli')
      .number({ least, whole: true, ...needed }, 'Give what a pod requests.'),
    unreadyCpuMilli: from
      .field('unreadyCpuMilli')
      .number({ least: 0, whole: true, absent: 0 }, 'Give the CPU of a pod that starts.'),
    cpuMetricWindowSeconds: from
      .field('cpuMetricWindowSeconds')
      .number({ least: 0, absent: 0 }, 'Give the window of a sample.'),
    cpuMetricAgeSeconds: from
      .field('cpuMetricAgeSeconds')
      .number({ least: 0, absent: 0 }, 'Give the age of a sample.'),
  };
}

function readMissing(missing: Reader, spec: AutoscalerSpec): Scenario['missingSteps'] {
  const found = new Map<string, ReadonlySet<number>>();
  if (missing.isAbsent) return found;
  missing.isObject('Give the steps at which each metric is an error.');
  for (const { name } of spec.metrics) {
    const steps = missing.field(name);
    if (steps.isAbsent || steps.isEmptyList) continue;
    found.set(name, new Set(steps.series({ least: 0, whole: true }, 'Give indexes of steps.')));
  }
  return found;
}
