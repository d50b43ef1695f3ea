import type { ClusterSpec } from '../plan/spec';
import type { StatefulResourcesSpec, StatefulSpec, StatefulUpdateSpec } from '../plan/stateful/spec';
import { bytes, cores, seconds } from '../workload/quantity';
import type { ServerResources, StatefulServiceProps, StatefulUpdate } from './props';

/** What the plan of a stateful service is made from. */
export type PlannedProps = Pick<
  StatefulServiceProps,
  'replicas' | 'quorum' | 'resources' | 'claims' | 'gracePeriod' | 'minReady' | 'update'
>;

/** The plain spec of a stateful service's props. */
export function statefulSpec(name: string, props: PlannedProps, cluster: ClusterSpec): StatefulSpec {
  const { replicas, quorum, resources, claims = {}, gracePeriod, minReady, update } = props;
  return {
    name,
    replicas,
    quorum: quorum ?? false,
    resources: resourcesSpec(resources),
    claimBytes: Object.fromEntries(Object.entries(claims).map(([key, { size }]) => [key, bytes(size)])),
    ...(gracePeriod !== undefined && { graceSeconds: seconds(gracePeriod) }),
    ...(minReady !== undefined && { minReadySeconds: seconds(minReady) }),
    ...(update !== undefined && { update: updateSpec(update) }),
    cluster,
  };
}

/** Resources of a container in cores and bytes. */
export function resourcesSpec({ cpu, memory, scratch }: ServerResources): StatefulResourcesSpec {
  const { request, limit } = cpu;
  return {
    cpu: {
      request: cores(request),
      ...(limit !== undefined && { limit: limit === 'none' ? limit : cores(limit) }),
    },
    memoryBytes: bytes(memory),
    ...(scratch !== undefined && { scratchBytes: bytes(scratch) }),
  };
}

function updateSpec({ partition, maxUnavailable }: StatefulUpdate): StatefulUpdateSpec {
  return {
    ...(partition !== undefined && { partition }),
    ...(maxUnavailable !== undefined && { maxUnavailable }),
  };
}
