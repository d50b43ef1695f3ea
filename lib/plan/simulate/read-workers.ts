import { milliValue, readQuantity } from '../autoscaler/quantity';
import { readAutoscaler } from '../autoscaler/read-autoscaler';
import type { AutoscalerSpec } from '../autoscaler/spec';
import { numberAt, textAt, within } from '../fields';
import { type Load, rateAt } from '../load/load';
import type { Problem } from '../problem';
import { CRON_WORDS, parseCron } from '../schedule/cron-fields';
import { checkDocuments } from './check-documents';
import { cronStarts } from './cron-starts';
import { called, nameOf } from './document';
import { type Keda, readScaledObject } from './keda';
import { type PodProfile, podProfile } from './pod-profile';
import { quotaPods } from './quota';
import { replacementsOf } from './replacements';
import { CronScaler, HpaScaler, KedaScaler, type Scaler } from './scaler';
import type { SimulateSettings, Timing } from './settings';
import { type MetricMeaning, meanings } from './signals';
import type { SimulatedWorker } from './worker-simulation';
import { targetOf, templateOf } from './workload';

const LATE_SECONDS = 60;
const DEADLINE_SECONDS = Number.POSITIVE_INFINITY;
const FLUSH_SECONDS = 1;

/** Monday. */
const STARTS_AT = '1970-01-05T00:00:00Z';

/** What all workers are read with. */
export interface Reading {
  readonly documents: readonly unknown[];
  readonly settings: SimulateSettings;
  readonly timing: Timing;
  readonly problems: Problem[];
}

/** Reads what scales a workload; `undefined` when something is wrong with it, which is then among the problems. */
export function readWorker(document: unknown, load: Load, reading: Reading): SimulatedWorker | undefined {
  return textAt(document, 'kind') === 'CronJob'
    ? readCronJob(document, load, reading)
    : readScaled(document, load, reading);
}

function readScaled(document: unknown, load: Load, reading: Reading): SimulatedWorker | undefined {
  const { documents, settings, problems } = reading;
  const workload = targetOf(documents, document);
  if (workload === undefined) {
    problems.push(noTarget(document));
    return undefined;
  }
  const before = problems.length;
  checkDocuments(documents, document, workload, problems);
  const isKeda = textAt(document, 'kind') === 'ScaledObject';
  const keda = isKeda ? readScaledObject(document, settings.metrics, problems) : undefined;
  const read = readAutoscaler(keda?.autoscaler ?? document);
  for (const problem of read.problems ?? []) {
    problems.push({ ...problem, prop: `${called(document)}: ${problem.prop}` });
  }
  const profile = podProfile(documents, workload, settings, problems);
  if (read.spec === undefined || profile === undefined || problems.length > before) return undefined;
  const own = { ...settings.metrics, ...keda?.meanings };
  const metrics = meanings(read.spec, profile, own, called(document), problems);
  const hpa = hpaScaler(read.spec, metrics, profile, reading);
  const least = keda?.activation === undefined ? read.spec.minReplicas : 0;
  return {
    ...common(workload, profile, reading, read.spec.maxReplicas),
    scaledBy: isKeda ? 'ScaledObject' : 'HorizontalPodAutoscaler',
    lateSeconds: settings.lateSeconds ?? drainSeconds(read.spec, metrics, profile),
    startPods: settings.startPods ?? startPods(read.spec, metrics, profile, load, least),
    scaler: withActivation(hpa, keda, reading.timing),
  };
}

function withActivation(hpa: HpaScaler, keda: Keda | undefined, { pollPhaseSeconds }: Timing): Scaler {
  return keda?.activation === undefined ? hpa : new KedaScaler(hpa, keda.activation, pollPhaseSeconds);
}

function common(workload: unknown, profile: PodProfile, reading: Reading, most: number) {
  const { documents, settings, timing } = reading;
  return {
    name: nameOf(workload).name,
    profile,
    fleet: { timing, nodes: settings.nodes, quota: quotaPods(documents, workload, templateOf(workload)) },
    replacements: replacementsOf(documents, workload, most, settings),
    flushSeconds: FLUSH_SECONDS,
  };
}

function hpaScaler(
  spec: AutoscalerSpec,
  metrics: readonly MetricMeaning[],
  profile: PodProfile,
  { settings, timing }: Reading,
): HpaScaler {
  const request = readQuantity(profile.cpuRequest);
  return new HpaScaler({
    spec,
    metrics,
    profile,
    cpuRequestMilli: request === undefined ? 0 : milliValue(request),
    syncSeconds: timing.syncSeconds,
    phaseSeconds: timing.syncPhaseSeconds,
    latencySeconds: timing.syncLatencySeconds,
    controller: settings.controller ?? {},
  });
}

/** What a pod works off of the backlog that the autoscaler lets wait for it takes so long. */
function drainSeconds(
  { metrics }: AutoscalerSpec,
  meaning: readonly MetricMeaning[],
  { servers, meanSeconds }: PodProfile,
): number {
  const target = metrics.find(
    ({ target: { type } }, index) => type === 'AverageValue' && meaning[index] === 'backlog',
  )?.target;
  return target === undefined ? LATE_SECONDS : ((target.amount / 1000) * meanSeconds) / servers;
}

/** The count at which a steady load of the first rate leaves the autoscaler alone. */
function startPods(
  { metrics, minReplicas, maxReplicas }: AutoscalerSpec,
  meaning: readonly MetricMeaning[],
  { slots, meanSeconds }: PodProfile,
  load: Load,
  least: number,
): number {
  const busy = rateAt(load, 0) * meanSeconds;
  if (busy === 0) return least;
  const index = meaning.findIndex((it) => it === 'utilization' || it === 'utilizationSum');
  const target = (metrics[index]?.target.amount ?? 700) / 1000;
  return Math.min(maxReplicas, Math.max(minReplicas, Math.ceil(busy / (slots * target))));
}

function readCronJob(document: unknown, load: Load, reading: Reading): SimulatedWorker | undefined {
  const { documents, settings, problems } = reading;
  const before = problems.length;
  checkDocuments(documents, document, document, problems);
  if (problems.length > before) return undefined;
  const profile = podProfile(documents, document, settings, problems);
  const starts = startsOf(document, load, settings, problems);
  if (profile === undefined || starts === undefined) return undefined;
  const parallelism = numberAt(document, 'spec', 'jobTemplate', 'spec', 'parallelism') ?? 1;
  const policy = textAt(document, 'spec', 'concurrencyPolicy');
  return {
    ...common(
      document,
      { ...profile, lines: 'shared', capacity: Number.POSITIVE_INFINITY },
      reading,
      parallelism,
    ),
    scaledBy: 'CronJob',
    lateSeconds: settings.lateSeconds ?? LATE_SECONDS,
    startPods: 0,
    replacements: [],
    scaler: new CronScaler({
      starts,
      parallelism,
      deadlineSeconds:
        numberAt(document, 'spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds') ?? DEADLINE_SECONDS,
      overlap: policy === 'Forbid' || policy === 'Replace' ? policy : 'Allow',
    }),
  };
}

function startsOf(
  document: unknown,
  { durationSeconds }: Load,
  { startsAt = STARTS_AT }: SimulateSettings,
  problems: Problem[],
): number[] | undefined {
  const schedule = textAt(document, 'spec', 'schedule') ?? '';
  const fields = parseCron(CRON_WORDS[schedule] ?? schedule);
  if (typeof fields === 'string') {
    problems.push({
      prop: `${called(document)}: spec.schedule`,
      wanted: 'must be five fields of cron',
      got: fields,
      fix: 'Write it so, such as 30 3 * * 1-5.',
    });
    return undefined;
  }
  const begin = Date.parse(startsAt);
  if (Number.isNaN(begin)) {
    problems.push({
      prop: 'startsAt',
      wanted: 'must be a date such as 2026-05-04T00:00:00Z',
      got: JSON.stringify(startsAt),
      fix: 'Correct it, or leave it out.',
    });
    return undefined;
  }
  return cronStarts(fields, begin, durationSeconds, textAt(document, 'spec', 'timeZone') ?? 'UTC');
}

function noTarget(document: unknown): Problem {
  const target = within(document, 'spec', 'scaleTargetRef');
  const name = textAt(target, 'name');
  return {
    prop: `${called(document)}: spec.scaleTargetRef`,
    wanted: 'must name a workload of the documents, in the same namespace',
    got:
      name === undefined
        ? 'nothing'
        : `${textAt(target, 'kind') ?? 'Deployment'} ${name}, which is not there`,
    fix: 'Pass its document as well, or correct the name.',
  };
}
