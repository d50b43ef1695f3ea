import type { ClusterSpec, WorkerSpec } from '../../plan/spec';
import { budgetSpec, shutdownSpec } from '../../workload/lifecycle-spec';
import { resourcesSpec } from '../../workload/pod-resources';
import { seconds } from '../../workload/quantity';
import type { WorkerRollout } from '../props';
import type { ScalerKind } from '../scaler';
import { taskSpec } from '../spec';
import type { WorkerAroundProps } from './props';
import { resourcesSaid, rolloutSaid, type Said, shutdownSaid } from './said';

const ROUND_TRIP_SECONDS = 0.001;

/** The plain spec of a program that others made: what the props say, then what its manifest says. */
export function aroundSpec(
  name: string,
  props: WorkerAroundProps,
  { said, cluster, scaler }: { said: Said; cluster: ClusterSpec; scaler: ScalerKind },
): WorkerSpec {
  const { scale, delivery = 'pull', roundTrip, resources, shutdown, rollout, downstream } = props;
  const { targetUtilization, wait } = scale;
  return {
    name,
    task: taskSpec(props.task),
    concurrency: props.concurrency.bound,
    resources: resourcesSaid(said, resourcesSpec(resources ?? {})),
    shutdown: shutdownSaid(said, shutdownSpec(shutdown ?? {})),
    rollout: rolloutSaid(said, rolloutSpec(rollout ?? {})),
    ...(downstream !== undefined && { downstream: downstream.map(budgetSpec) }),
    source: { delivery, roundTripSeconds: roundTrip === undefined ? ROUND_TRIP_SECONDS : seconds(roundTrip) },
    scale: {
      // `checkAroundProps` refuses zero.
      min: scale.min === 0 ? 1 : scale.min,
      max: scale.max,
      drainWithinSeconds: seconds(scale.drainWithin),
      ...(targetUtilization !== undefined && { targetUtilization }),
      ...(wait !== undefined && { waitSeconds: { p99: seconds(wait.p99) } }),
      ...(scaler === 'keda' && { by: scaler }),
    },
    cluster,
  };
}

function rolloutSpec({ maxSurge, minReady }: WorkerRollout) {
  return {
    ...(maxSurge !== undefined && { maxSurge }),
    ...(minReady !== undefined && { minReadySeconds: seconds(minReady) }),
  };
}
