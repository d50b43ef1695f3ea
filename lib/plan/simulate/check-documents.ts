import { readQuantity } from '../autoscaler/quantity';
import { Reader } from '../autoscaler/reader';
import { fieldsOf, textAt, within } from '../fields';
import type { Problem } from '../problem';
import { podShare } from '../rollout/pod-share';
import { called, nameOf, ofKind } from './document';
import { targetOf } from './workload';

const COUNT_MAX = 2 ** 31 - 1;

const FIX = 'Correct it, or leave it out for the default.';

/**
 * Adds a problem for each number in the documents of a worker that an API server would refuse: to pass over it would be to
 * play something else than what is written. What is left out is not wrong.
 *
 * @param scaler HorizontalPodAutoscaler, ScaledObject or CronJob
 * @param workload what it scales; a CronJob is its own
 */
export function checkDocuments(
  documents: readonly unknown[],
  scaler: unknown,
  workload: unknown,
  problems: Problem[],
): void {
  const check = checkerFor(problems);
  const { namespace } = nameOf(workload);
  const here = (kind: string) =>
    ofKind(documents, kind).filter((document) => nameOf(document).namespace === namespace);
  if (textAt(scaler, 'kind') === 'ScaledObject') check(scaler, checkScaledObject);
  check(workload, textAt(workload, 'kind') === 'CronJob' ? checkCronJob : checkWorkload);
  for (const budget of here('PodDisruptionBudget')) check(budget, checkBudget);
  for (const quota of here('ResourceQuota')) check(quota, checkQuota);
}

/** The same for the numbers that bound how many pods there are, of all workloads and of what scales them. */
export function checkBounds(documents: readonly unknown[]): Problem[] {
  const problems: Problem[] = [];
  const check = checkerFor(problems);
  for (const kind of ['Deployment', 'StatefulSet']) {
    for (const workload of ofKind(documents, kind)) check(workload, checkWorkload);
  }
  for (const scaler of ofKind(documents, 'HorizontalPodAutoscaler')) check(scaler, checkAutoscaler);
  for (const scaler of ofKind(documents, 'ScaledObject')) check(scaler, checkScaledObject);
  return problems;
}

function checkerFor(problems: Problem[]) {
  return (document: unknown, read: (from: Reader, document: unknown) => void) => {
    const found: Problem[] = [];
    read(new Reader(document, '', found), document);
    problems.push(...found.map((it) => ({ ...it, prop: `${called(document)}: ${it.prop}` })));
  };
}

/** Adds a problem for each autoscaler after the first of a workload. */
export function checkSingleScalers(
  documents: readonly unknown[],
  scalers: readonly unknown[],
  problems: Problem[],
): void {
  const first = new Map<unknown, unknown>();
  for (const scaler of scalers) {
    const target = targetOf(documents, scaler);
    if (target === undefined) continue;
    const other = first.get(target);
    if (other !== undefined) problems.push(scaledTwice(scaler, target, other));
    first.set(target, other ?? scaler);
  }
}

function scaledTwice(scaler: unknown, target: unknown, other: unknown): Problem {
  return {
    prop: `${called(scaler)}: spec.scaleTargetRef`,
    wanted: 'must name a workload that nothing else scales',
    got: `${called(target)}, which ${called(other)} scales as well`,
    fix: 'Remove one of them: the controller scales by neither of two.',
  };
}

function checkAutoscaler(document: Reader): void {
  const spec = document.field('spec');
  count(spec.field('minReplicas'));
  spec.field('maxReplicas').number({ least: 1, most: COUNT_MAX, whole: true }, 'Give the most pods.');
}

function checkScaledObject(document: Reader): void {
  const spec = document.field('spec');
  spec.field('triggers').list('Say what KEDA goes by.');
  count(spec.field('minReplicaCount'));
  count(spec.field('maxReplicaCount'), 1);
  count(spec.field('pollingInterval'), 1);
  count(spec.field('cooldownPeriod'));
}

function checkWorkload(document: Reader): void {
  const spec = document.field('spec');
  count(spec.field('replicas'));
  count(spec.field('minReadySeconds'));
  checkTemplate(spec.field('template'));
  const rolling = spec.field('strategy').field('rollingUpdate');
  share(rolling.field('maxSurge'));
  share(rolling.field('maxUnavailable'));
}

function checkCronJob(document: Reader): void {
  const spec = document.field('spec');
  const zone = spec.field('timeZone');
  if (!zone.isAbsent) {
    zone.parsed(
      timeZone,
      'must be a time zone',
      "Give one such as 'Europe/Berlin', or leave it out for UTC.",
    );
  }
  const job = spec.field('jobTemplate').field('spec');
  count(job.field('parallelism'));
  count(job.field('activeDeadlineSeconds'), 1);
  checkTemplate(job.field('template'));
}

function checkTemplate(template: Reader): void {
  count(template.field('spec').field('terminationGracePeriodSeconds'));
}

function checkBudget(document: Reader): void {
  share(document.field('spec').field('maxUnavailable'));
  share(document.field('spec').field('minAvailable'));
}

function checkQuota(from: Reader, document: unknown): void {
  const hard = from.field('spec').field('hard');
  for (const resource of Object.keys(fieldsOf(within(document, 'spec', 'hard')) ?? {})) {
    hard.field(resource).parsed(readQuantity, 'must be a quantity', "Give one such as '10' or '500m'.");
  }
}

function count(value: Reader, least = 0): void {
  value.number({ least, most: COUNT_MAX, whole: true, absent: least }, FIX);
}

function share(value: Reader): void {
  if (value.isAbsent) return;
  value.parsed(
    (it) => {
      const pods = podShare(it, 100, Math.ceil);
      return pods !== undefined && Number.isInteger(pods) && pods >= 0 ? pods : undefined;
    },
    "must be a whole number of 0 or more, or a share such as '25%'",
    FIX,
  );
}

function timeZone(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
