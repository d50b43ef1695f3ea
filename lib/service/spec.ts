import type { RequestSpec, ServiceScaleSpec, ServiceSpec } from '../plan/service/spec';
import type { ClusterSpec, RolloutSpec } from '../plan/spec';
import { budgetSpec, shutdownSpec } from '../workload/lifecycle-spec';
import { resourcesSpec } from '../workload/pod-resources';
import { bytes, seconds } from '../workload/quantity';
import type { RequestProfile, WebServiceProps, WebServiceRollout, WebServiceScale } from './props';

/** The plain spec of a service's props, which the plan is made from. */
export function serviceSpec(name: string, props: WebServiceProps, cluster: ClusterSpec): ServiceSpec {
  const { concurrency, resources, latency, shutdown, rollout, downstream } = props;
  const isOutside = props.expose !== undefined || props.loadBalancer !== undefined;
  return {
    name,
    request: requestSpec(props.request),
    ...(concurrency !== undefined && { concurrency }),
    ...(resources !== undefined && { resources: resourcesSpec(resources) }),
    ...(latency !== undefined && { latencySeconds: seconds(latency) }),
    scale: scaleSpec(props.scale),
    reach: isOutside ? 'outside' : 'cluster',
    ...(shutdown !== undefined && { shutdown: shutdownSpec(shutdown) }),
    ...(rollout !== undefined && { rollout: rolloutSpec(rollout) }),
    ...(downstream !== undefined && { downstream: downstream.map(budgetSpec) }),
    cluster,
  };
}

function requestSpec({ cpuTime, duration, memory, scratch, maxBody }: RequestProfile): RequestSpec {
  return {
    cpuSeconds: seconds(cpuTime),
    durationSeconds: { mean: seconds(duration.mean), max: seconds(duration.max) },
    memoryBytes: { base: bytes(memory.base), perRequest: bytes(memory.perRequest) },
    ...(scratch !== undefined && {
      scratchBytes: { base: bytes(scratch.base), perRequest: bytes(scratch.perRequest) },
    }),
    ...(maxBody !== undefined && { maxBodyBytes: bytes(maxBody) }),
  };
}

function scaleSpec({ min, max, by, targetUtilization }: WebServiceScale): ServiceScaleSpec {
  return {
    min,
    max,
    ...(by !== undefined && { by }),
    ...(targetUtilization !== undefined && { targetUtilization }),
  };
}

function rolloutSpec({ maxSurge, minReady }: WebServiceRollout): RolloutSpec {
  return {
    ...(maxSurge !== undefined && { maxSurge }),
    ...(minReady !== undefined && { minReadySeconds: seconds(minReady) }),
  };
}
