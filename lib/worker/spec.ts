import type {
  ClusterSpec,
  HeldTasksSpec,
  RolloutSpec,
  SourceSpec,
  TaskPodSpec,
  TaskSpec,
  WorkerSpec,
} from '../plan/spec';
import type { MemorySource, TaskSource } from '../source';
import { budgetSpec, shutdownSpec } from '../workload/lifecycle-spec';
import { resourcesSpec } from '../workload/pod-resources';
import { bytes, seconds } from '../workload/quantity';
import type { WorkerProps, WorkerRollout } from './props';
import type { ScalerKind } from './scaler';
import type { TaskPodProps } from './task-pod-props';
import type { TaskProfile } from './task-profile';

/** The plain spec of a worker's props, which the plan is made from. */
export function toSpec(
  name: string,
  props: WorkerProps,
  cluster: ClusterSpec,
  scaler: ScalerKind,
): WorkerSpec {
  const { scale, rollout, source } = props;
  const { targetUtilization, wait } = scale;
  return {
    ...podSpec(name, props, cluster),
    scale: {
      min: scale.min,
      max: scale.max,
      drainWithinSeconds: seconds(scale.drainWithin),
      ...(targetUtilization !== undefined && { targetUtilization }),
      ...(wait !== undefined && { waitSeconds: { p99: seconds(wait.p99) } }),
      ...(scaler === 'keda' && { by: scaler }),
    },
    source: sourceSpec(source),
    rollout: rolloutSpec(source, rollout),
  };
}

/** What the spec of every form of a worker says about its pods, but for their source. */
export function podSpec(
  name: string,
  props: TaskPodProps,
  cluster: ClusterSpec,
): Omit<TaskPodSpec, 'source'> {
  const { concurrency, resources, shutdown, downstream, protect } = props;
  return {
    name,
    task: taskSpec(props.task),
    ...(concurrency !== undefined && { concurrency }),
    ...(resources !== undefined && { resources: resourcesSpec(resources) }),
    ...(shutdown !== undefined && { shutdown: shutdownSpec(shutdown) }),
    ...(protect?.rate !== undefined && { ratePerPod: protect.rate.perPod }),
    ...(downstream !== undefined && { downstream: downstream.map(budgetSpec) }),
    cluster,
  };
}

/** What one task costs, for the plan. */
export function taskSpec({ cpuTime, duration, memory, scratch }: TaskProfile): TaskSpec {
  return {
    cpuSeconds: seconds(cpuTime),
    durationSeconds: { mean: seconds(duration.mean), max: seconds(duration.max) },
    memoryBytes: { base: bytes(memory.base), perTask: bytes(memory.perTask) },
    ...(scratch !== undefined && {
      scratchBytes: { base: bytes(scratch.base), perTask: bytes(scratch.perTask) },
    }),
  };
}

/**
 * What numbers depend on of a source. Round trips: a queue in memory, a read of a folder, a server of the same zone.
 *
 * @param takesTasks whether tasks are pushed to the pods, where the source lies in their memory
 */
export function sourceSpec(source: TaskSource, takesTasks = true): SourceSpec {
  switch (source.kind) {
    case 'memory':
      return {
        delivery: takesTasks ? 'push' : 'pull',
        roundTripSeconds: 0.000_01,
        held: heldTasksSpec(source),
      };
    case 'folder':
      return { delivery: 'pull', roundTripSeconds: 0.001 };
    default:
      return {
        delivery: 'pull',
        roundTripSeconds: source.roundTrip === undefined ? 0.001 : seconds(source.roundTrip),
      };
  }
}

function heldTasksSpec({ capacity, payload }: MemorySource): HeldTasksSpec {
  return {
    ...(capacity !== undefined && { capacity }),
    ...(payload !== undefined && { payloadBytes: bytes(payload) }),
  };
}

/** A folder is worked on by one process at a time, so the old pod ends before the new one starts. */
function rolloutSpec(source: TaskSource, { maxSurge, minReady }: WorkerRollout = {}): RolloutSpec {
  const surge = maxSurge ?? (source.kind === 'folder' ? 0 : undefined);
  return {
    ...(surge !== undefined && { maxSurge: surge }),
    ...(minReady !== undefined && { minReadySeconds: seconds(minReady) }),
  };
}
