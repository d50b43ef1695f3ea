import { tolerationOf } from '../check/nodes';
import { type ContainerDefaults, podAmount } from '../check/pod-resources';
import type { CheckedWorkload } from '../check/workloads';
import { exactly, type Labels, type Selector, selects } from '../plan/capacity/labels';
import type { HostPort, PodTemplate, PodTerm, SpreadConstraint, Weighted } from '../plan/capacity/pod';
import { type Fields, fieldsOf, objectsOf, within } from '../plan/fields';
import { quantityValue } from '../schema/quantity';
import { type ClusterObjects, textsOf } from './cluster-objects';
import { labelSelector, namespaceSelector, nodeTerm, requiredNodeTerms } from './selectors';

/** Where affinity stands that has to hold, and that rather holds. */
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/**
 * What the scheduler sees of a workload's pods.
 *
 * @param revision value of the label by which a Deployment tells its pods before and after a change apart
 */
export function podTemplate(
  { at, kind, namespace, labels: own, pod }: CheckedWorkload,
  objects: ClusterObjects,
  revision: string,
): PodTemplate {
  const name = String(within(at.document, 'metadata', 'name') ?? '');
  const place = namespace === '' ? name : `${namespace}/${name}`;
  const labels = { ...textsOf(own), ...(kind === 'Deployment' && { 'pod-template-hash': revision }) };
  const runtime = objects.runtimeClass(pod);
  const terms = requiredNodeTerms(pod);
  const spreadBy = defaultSpread(at.document, { namespace, labels }, objects);
  return {
    workload: `${kind} ${place}`,
    namespace,
    labels,
    requests: requestsOf(pod, namespace, { objects, runtime }),
    ...objects.priority(pod),
    nodeSelector: { ...textsOf(pod.nodeSelector), ...textsOf(within(runtime, 'scheduling', 'nodeSelector')) },
    ...(terms !== undefined && { nodeTerms: terms }),
    ...listed('preferredNodes', weighted(within(pod, 'affinity', 'nodeAffinity', PREFERRED), nodeTermOf)),
    tolerations: [pod, runtime?.scheduling].flatMap((it) =>
      objectsOf(within(it, 'tolerations')).map(tolerationOf),
    ),
    ...listed('hostPorts', hostPorts(pod)),
    spread: objectsOf(pod.topologySpreadConstraints).map((it) => spreadConstraint(it, labels)),
    ...(spreadBy.length > 0 && { spreadBy }),
    ...companions(pod, { namespace, labels }, objects),
  };
}

interface Owner {
  readonly namespace: string;
  readonly labels: Labels;
}

function companions(pod: Fields, owner: Owner, objects: ClusterObjects): Partial<PodTemplate> {
  const term = (it: Fields) => podTerm(it, owner, objects);
  const required = (kind: string) => objectsOf(within(pod, 'affinity', kind, REQUIRED)).map(term);
  const preferred = (kind: string) =>
    weighted(within(pod, 'affinity', kind, PREFERRED), (it) => term(fieldsOf(it.podAffinityTerm) ?? {}));
  return {
    ...listed('podAffinity', required('podAffinity')),
    ...listed('podAntiAffinity', required('podAntiAffinity')),
    ...listed('preferredPodAffinity', preferred('podAffinity')),
    ...listed('preferredPodAntiAffinity', preferred('podAntiAffinity')),
  };
}

function listed<K extends string, T>(name: K, list: readonly T[]): Partial<Record<K, readonly T[]>> {
  return list.length === 0 ? {} : ({ [name]: list } as Record<K, readonly T[]>);
}

/** Every resource that a container or the pod names. */
function requestsOf(
  pod: Fields,
  namespace: string,
  { objects, runtime }: { readonly objects: ClusterObjects; readonly runtime: Fields | undefined },
): Record<string, number> {
  const defaults = objects.containerDefaults(namespace);
  const holders = [pod, ...objectsOf(pod.initContainers), ...objectsOf(pod.containers)];
  const lists = holders.flatMap((it) => [
    within(it, 'resources', 'requests'),
    within(it, 'resources', 'limits'),
  ]);
  const overhead = fieldsOf(pod.overhead) ?? fieldsOf(within(runtime, 'overhead', 'podFixed'));
  const names = new Set(
    [...lists, overhead, defaults.requests, defaults.limits].flatMap((list) =>
      Object.keys(fieldsOf(list) ?? {}),
    ),
  );
  return Object.fromEntries(
    [...names]
      .map((name) => [name, requestOf({ ...pod, overhead }, name, defaults)] as const)
      .filter(([, it]) => it !== 0),
  );
}

/** A quantity that is none, or less than nothing, is given back: it is told of with what else is wrong. */
function requestOf(pod: Fields, name: string, defaults: ContainerDefaults): number {
  const wrong = [pod, ...objectsOf(pod.initContainers), ...objectsOf(pod.containers)]
    .map((it) => within(it, 'resources', 'requests', name))
    .filter((value) => value !== undefined)
    .map((value) => quantityValue(value) ?? Number.NaN)
    .find((amount) => !(amount >= 0));
  return wrong ?? podAmount(pod, 'requests', name, defaults).amount;
}

function weighted<T>(list: unknown, termOf: (it: Fields) => T): Weighted<T>[] {
  return objectsOf(list).map((it) => ({ weight: Number(it.weight ?? 1), term: termOf(it) }));
}

function nodeTermOf({ preference }: Fields) {
  return nodeTerm(fieldsOf(preference) ?? {});
}

/** With the node's network each port of a container is one of the node. */
function hostPorts(pod: Fields): HostPort[] {
  const containers = [
    ...objectsOf(pod.containers),
    ...objectsOf(pod.initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ];
  return containers
    .flatMap((container) => objectsOf(container.ports))
    .flatMap(({ hostPort, containerPort, protocol, hostIP }) => {
      const port = hostPort ?? (pod.hostNetwork === true ? containerPort : undefined);
      if (typeof port !== 'number' || port === 0) return [];
      return {
        port,
        ...(protocol !== undefined && { protocol: String(protocol) }),
        ...(hostIP !== undefined && hostIP !== '' && { address: String(hostIP) }),
      };
    });
}

function spreadConstraint(it: Fields, labels: Labels): SpreadConstraint {
  const selector = labelSelector(it, labels);
  return {
    maxSkew: Number(it.maxSkew),
    topologyKey: String(it.topologyKey),
    whenUnsatisfiable: it.whenUnsatisfiable === 'ScheduleAnyway' ? 'ScheduleAnyway' : 'DoNotSchedule',
    ...(selector !== undefined && { selector }),
    ...(typeof it.minDomains === 'number' && { minDomains: it.minDomains }),
    nodeAffinityPolicy: it.nodeAffinityPolicy === 'Ignore' ? 'Ignore' : 'Honor',
    nodeTaintsPolicy: it.nodeTaintsPolicy === 'Honor' ? 'Honor' : 'Ignore',
  };
}

function podTerm(it: Fields, { namespace, labels }: Owner, objects: ClusterObjects): PodTerm {
  const selector = labelSelector(it, labels);
  const wanted = namespaceSelector(it);
  const named = Array.isArray(it.namespaces) ? it.namespaces.map(String) : [];
  const meant = wanted === undefined ? [] : objects.namespaces((own) => selects(wanted, own));
  const own = named.length === 0 && wanted === undefined ? [namespace] : [];
  return {
    topologyKey: String(it.topologyKey),
    ...(selector !== undefined && { selector }),
    namespaces: wanted?.length === 0 ? 'all' : [...named, ...meant, ...own],
  };
}

/** What the scheduler spreads pods by that say nothing themselves: their Services and their owner. */
function defaultSpread(document: Fields, { namespace, labels }: Owner, objects: ClusterObjects): Selector {
  const services = objects.serviceSelectors(namespace, labels).flatMap(exactly);
  const isSpread = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].includes(
    String(document.kind),
  );
  const selector = within(document, 'spec', 'selector');
  if (!isSpread) return services;
  const own =
    document.kind === 'ReplicationController'
      ? exactly(textsOf(selector))
      : labelSelector({ labelSelector: selector }, labels);
  const revision = labels['pod-template-hash'];
  return [
    ...services,
    ...(own ?? []),
    ...(revision === undefined ? [] : exactly({ 'pod-template-hash': revision })),
  ];
}
