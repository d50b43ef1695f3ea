import { type Fields, textAt } from '../plan/fields';
import { type Deviation, deviations, type StatusPlan } from './beside-plan';
import { type Draining, drainingPods, type PodCounts, podCounts, podTroubles } from './pods';
import { type Restart, restartsOf } from './restarts';
import { type Rollout, rolloutOf } from './rollout';
import { type Scaling, scalingOf } from './scaling';
import { type Backlog, backlogOf, type Slots, slotsOf, unaskedPods } from './slots';
import { conditionOf, secondsSince, timeAt, type WorkloadView } from './view';

/** A workload as it is now, beside its plan. */
export interface WorkloadStatus {
  readonly kind: WorkloadView['kind'];
  readonly namespace: string;
  readonly name: string;
  readonly pods: PodCounts;
  /** @default no pod says so */
  readonly slots?: Slots;
  /** @default no pod says so */
  readonly backlog?: Backlog;
  /** @default nothing scales it */
  readonly scaling?: Scaling;
  readonly rollout: Rollout;
  /** Pods that drain now, the longest first. */
  readonly draining: readonly Draining[];
  /** @default no drain was seen to end */
  readonly lastDrain?: Draining;
  readonly restarts: readonly Restart[];
  /** Numbers of the plan that are others here. */
  readonly deviations: readonly Deviation[];
  /** @default it has no plan here */
  readonly planned?: StatusPlan;
  /** What goes wrong, a line each. */
  readonly troubles: readonly string[];
}

/** What is known beside the cluster. */
export interface Beside {
  /** @default none */
  readonly plan?: StatusPlan;
  /** @default none was seen to end */
  readonly lastDrain?: Draining;
}

/** A workload as it is now. */
export function statusOf(view: WorkloadView, { plan, lastDrain }: Beside = {}): WorkloadStatus {
  const { kind, namespace, name } = view;
  const [slots, scaling] = [slotsOf(view), scalingOf(view)];
  const backlog = backlogOf(view, plan?.figures.throughputPerPod?.value);
  return {
    kind,
    namespace,
    name,
    pods: podCounts(view),
    ...(slots !== undefined && { slots }),
    ...(backlog !== undefined && { backlog }),
    ...(scaling !== undefined && { scaling }),
    rollout: rolloutOf(view),
    draining: drainingPods(view),
    ...(lastDrain !== undefined && { lastDrain }),
    restarts: restartsOf(view),
    deviations: plan === undefined ? [] : deviations(plan, view, scaling, slots),
    ...(plan !== undefined && { planned: plan }),
    troubles: troublesOf(view),
  };
}

/** Warnings that are older have been dealt with, or come again. */
const RECENT_SECONDS = 15 * 60;
const MOST = 5;

function troublesOf(view: WorkloadView): string[] {
  const failure = conditionOf(view.workload, 'ReplicaFailure');
  const pods = podTroubles(view);
  const all = [
    ...(failure?.status === 'True' ? [`pods cannot be made: ${String(failure.message)}`] : []),
    ...pods,
    ...unaskedPods(view),
    ...warningsOf(view),
  ];
  return all.slice(0, MOST);
}

/** What other parts of the status say already, or say better. */
const SAID = [
  'FailedScheduling',
  'BackOff',
  'Killing',
  'FailedGetPodsMetric',
  'FailedGetExternalMetric',
  'FailedGetResourceMetric',
  'FailedComputeMetricsReplicas',
];

function warningsOf(view: WorkloadView): string[] {
  const latest = new Map<string, string>();
  for (const event of view.events) {
    const reason = String(event.reason);
    const at = timeAt(event, 'lastTimestamp') ?? timeAt(event, 'eventTime');
    if (event.type !== 'Warning' || SAID.includes(reason)) continue;
    if (at === undefined || secondsSince(at, view) > RECENT_SECONDS || isOver(event, at, view)) continue;
    latest.set(reason, `${reason}: ${textAt(event, 'message') ?? ''}`);
  }
  return [...latest.values()];
}

/** Whether it is about a pod that has become ready since, such as a failed startup probe. */
function isOver(event: Fields, at: number, { pods }: WorkloadView): boolean {
  const uid = textAt(event, 'involvedObject', 'uid');
  const pod = pods.find((it) => uid !== undefined && textAt(it, 'metadata', 'uid') === uid);
  const ready = conditionOf(pod, 'Ready');
  const since = timeAt(ready, 'lastTransitionTime');
  return ready?.status === 'True' && since !== undefined && since >= at;
}
