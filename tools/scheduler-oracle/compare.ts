import { capacityWorkloads } from '../../lib/capacity/workloads';
import { type CapacityNode, nodesOf } from '../../lib/plan/capacity/node';
import { pack } from '../../lib/plan/capacity/pack';
import type { CapacityPod } from '../../lib/plan/capacity/pod';
import { podsOf } from '../../lib/plan/capacity/workload';
import type { Fields } from '../../lib/plan/fields';
import { within } from '../../lib/plan/fields';
import { nodeObject, podName, podObject, replicaSetsOf } from './cluster-objects';
import type { GeneratedEnvironment } from './environment';
import type { Outcome } from './program';

/** Part of what nodes give that has to be free for an environment to be a roomy one. */
export const SLACK = 0.05;

/** An environment as both are asked about it, with its nodes as they are and with {@link SLACK} less. */
export interface Question {
  readonly name: string;
  readonly environment: GeneratedEnvironment;
  readonly pods: readonly CapacityPod[];
  readonly nodes: { readonly whole: readonly CapacityNode[]; readonly less: readonly CapacityNode[] };
  /** What tools/scheduler-oracle reads, for the nodes as they are and for less. */
  readonly asked: { readonly whole: object; readonly less: object };
}

/** What both say. */
export interface Comparison {
  readonly name: string;
  readonly pods: number;
  readonly nodes: number;
  /** Pods that fit no node, by what each of both says; equal in every environment. */
  readonly alone: { readonly planned: readonly string[]; readonly real: readonly string[] };
  /** Pods, of those that fit no node, for which the two give different reasons. */
  readonly otherReasons: readonly string[];
  /** Whether everything else fits in one of both with {@link SLACK} less; then nothing else may wait. */
  readonly isRoomy: boolean;
  /** Pods that wait although they fit a node. */
  readonly waiting: { readonly planned: readonly string[]; readonly real: readonly string[] };
  /** Pods that were pushed out. */
  readonly pushedOut: { readonly planned: number; readonly real: number };
}

/** @param misread changes what the plan sees, to show that a mistake of it is found */
export function questionOf(
  environment: GeneratedEnvironment,
  misread: (documents: readonly Fields[]) => readonly Fields[] = (it) => it,
): Question {
  const whole = environment.pools.flatMap((pool) => nodesOf(pool, pool.nodes.max));
  const less = whole.map((node) => ({ ...node, allocatable: lessened(node.allocatable) }));
  // Which pods there are follows from what was written; only how the plan sees them may be wrong.
  const written = podsIn(environment.documents, whole);
  const seen = new Map(podsIn(misread(environment.documents), whole).map((pod) => [pod.name, pod]));
  return {
    name: environment.name,
    environment,
    pods: written.map((pod) => seen.get(pod.name) ?? pod),
    nodes: { whole, less },
    asked: { whole: ask(environment, whole, written), less: ask(environment, less, written) },
  };
}

function podsIn(documents: readonly Fields[], nodes: readonly CapacityNode[]): CapacityPod[] {
  return capacityWorkloads(documents).flatMap((workload) => podsOf(workload, nodes));
}

function lessened(allocatable: CapacityNode['allocatable']): CapacityNode['allocatable'] {
  return Object.fromEntries(
    Object.entries(allocatable).map(([resource, amount]) => {
      const less = amount * (1 - SLACK);
      return [resource, resource === 'cpu' ? Math.floor(less * 1000) / 1000 : Math.floor(less)];
    }),
  );
}

function ask(
  { name, documents }: GeneratedEnvironment,
  nodes: readonly CapacityNode[],
  pods: readonly CapacityPod[],
): object {
  const ofKind = (kind: string) => documents.filter((document) => document.kind === kind);
  const classes = new Map(ofKind('PriorityClass').map((it) => [String(within(it, 'metadata', 'name')), it]));
  const byWorkload = new Map(
    documents.map((it) => [
      `${String(it.kind)} ${String(within(it, 'metadata', 'namespace'))}/${String(within(it, 'metadata', 'name'))}`,
      it,
    ]),
  );
  const objectOf = (pod: CapacityPod) => podObject(pod, byWorkload.get(pod.template.workload) ?? {}, classes);
  const rounds = [0, 1].map((round) => pods.filter((pod) => (pod.round ?? 0) === round).map(objectOf));
  return {
    name,
    nodes: nodes.map(nodeObject),
    namespaces: ofKind('Namespace'),
    replicaSets: documents.flatMap(replicaSetsOf),
    statefulSets: ofKind('StatefulSet'),
    services: ofKind('Service'),
    alone: firstOfEach(pods).map(objectOf),
    rounds,
  };
}

/** One pod of each workload, those of a DaemonSet each for itself. */
export function firstOfEach(pods: readonly CapacityPod[]): CapacityPod[] {
  const seen = new Set<object>();
  return pods.filter(({ template, node }) => {
    if (node !== undefined) return true;
    if (seen.has(template)) return false;
    seen.add(template);
    return true;
  });
}

/** Compares what the plan makes of an environment with what the scheduler made of it. */
export function compare(
  question: Question,
  real: { readonly whole: Outcome; readonly less: Outcome },
): Comparison {
  const { name, pods, nodes } = question;
  const lonely = firstOfEach(pods);
  const messages = new Map(lonely.map((pod) => [podName(pod), aloneMessage(pod, nodes.whole)]));
  const plannedAlone = lonely.map(podName).filter((it) => messages.get(it) !== undefined);
  const realAlone = lonely.map(podName).filter((it) => isPending(real.whole, 'alone', it));
  const fitsNone = (pod: CapacityPod) => {
    const first = pod.node === undefined ? lonely.find(({ template }) => template === pod.template) : pod;
    return first !== undefined && messages.get(podName(first)) !== undefined;
  };
  const fitting = pods.filter((pod) => !fitsNone(pod)).map(podName);
  const planned = { whole: pack(nodes.whole, pods), less: pack(nodes.less, pods) };
  const waits = (packing: ReturnType<typeof pack>) => {
    const pending = new Set(packing.pending.map(({ pod }) => podName(pod)));
    return fitting.filter((it) => pending.has(it));
  };
  const realWaits = (outcome: Outcome) => fitting.filter((it) => isPending(outcome, 'pods', it));
  return {
    name,
    pods: pods.length,
    nodes: nodes.whole.length,
    alone: { planned: plannedAlone, real: realAlone },
    otherReasons: plannedAlone.filter((it) => !isSaid(real.whole.alone[it]?.message, messages.get(it))),
    isRoomy: waits(planned.less).length === 0 || realWaits(real.less).length === 0,
    waiting: { planned: waits(planned.whole), real: realWaits(real.whole) },
    pushedOut: { planned: planned.whole.pushedOut.length, real: real.whole.pushedOut },
  };
}

function aloneMessage(pod: CapacityPod, nodes: readonly CapacityNode[]): string | undefined {
  return pack(nodes, [pod]).pending[0]?.message;
}

/** The scheduler goes on with what it thinks of preemption. */
function isSaid(real: string | undefined, planned: string | undefined): boolean {
  return real !== undefined && planned !== undefined && real.startsWith(planned);
}

function isPending(outcome: Outcome, where: 'alone' | 'pods', name: string): boolean {
  const answer = outcome[where][name];
  if (answer === undefined) throw new RangeError(`${outcome.name}: the scheduler said nothing of ${name}`);
  return answer.node === undefined || answer.node === '';
}

/** Where the two differ although they must not; none when the environment is as it should be. */
export function differences({ name, alone, isRoomy, waiting, otherReasons }: Comparison): string[] {
  const only = (one: readonly string[], other: readonly string[]) => one.filter((it) => !other.includes(it));
  return [
    ...only(alone.planned, alone.real).map(
      (it) => `${name}: ${it} fits no node in the plan, and one in the scheduler`,
    ),
    ...only(alone.real, alone.planned).map(
      (it) => `${name}: ${it} fits no node in the scheduler, and one in the plan`,
    ),
    ...otherReasons.map((it) => `${name}: ${it} fits no node for other reasons`),
    ...(isRoomy ? waiting.planned : []).map((it) => `${name}: ${it} waits in the plan, with room to spare`),
    ...(isRoomy ? waiting.real : []).map((it) => `${name}: ${it} waits in the scheduler, with room to spare`),
  ];
}
