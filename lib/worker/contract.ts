import { posix } from 'node:path';
import type { Task, Telemetry, WorkerContract } from '../contract/zz_worker.gen';
import { PREFETCH_FACTOR } from '../plan/fetch';
import type { AnyWorkerPlan } from '../plan/worker-plan';
import type { TaskSource } from '../source';
import { settingsOf } from '../workload/configuration';
import { seconds } from '../workload/quantity';
import { backoffOf } from './backoff';
import { contractSource, type FiniteRun } from './contract-source';
import { PORTS } from './names';
import { protectContract } from './protect/contract';
import { LIVE_FILE } from './protect/live';
import type { TaskPodProps } from './task-pod-props';

const MAX_ATTEMPTS = 5;

/** What a configuration depends on besides the plan and the props. */
export interface ContractInput {
  readonly source: TaskSource;
  /** Whether tasks are pushed to the pods. */
  readonly takesTasks: boolean;
  /**
   * How the pods come to an end by themselves.
   * @default they do not
   */
  readonly finite?: FiniteRun;
  /** Traces; `undefined`: none. */
  readonly telemetry: Telemetry | undefined;
}

/**
 * The configuration of a worker's pods: the plan's numbers and the program's settings. Seeds and settings that no
 * JSON can carry are missing: `checkProps` reports them, and nothing is deployed.
 */
export function workerContract(
  plan: AnyWorkerPlan,
  props: TaskPodProps,
  { source, takesTasks, finite, telemetry }: ContractInput,
): WorkerContract {
  const { figures } = plan;
  const folders = foldersOf(props, source);
  return {
    contract: 1,
    name: plan.name,
    pool: { slots: figures.poolSlots.value },
    fetch: { factor: PREFETCH_FACTOR, maxPrefetch: figures.prefetch.value },
    source: contractSource(figures, source, finite),
    task: contractTask(plan, props),
    shutdown: {
      lameDuckSeconds: figures.lameDuck.value,
      drainSeconds: figures.drain.value,
      flushSeconds: figures.flush.value,
    },
    http: {
      metricsPort: PORTS.metrics.number,
      ...(takesTasks && { intakePort: PORTS.intake.number }),
    },
    ...(folders !== undefined && { folders }),
    ...(props.protect !== undefined && { protect: protectContract(props.protect) }),
    ...(props.live !== undefined && { live: LIVE_FILE }),
    ...(props.settings !== undefined && { settings: settingsOf(props.settings) }),
    ...(telemetry !== undefined && { telemetry }),
  };
}

function contractTask({ figures }: AnyWorkerPlan, { task, retry = {} }: TaskPodProps): Task {
  return {
    maxSeconds: seconds(task.duration.max),
    ackWaitSeconds: figures.ackWait.value,
    maxAttempts: retry.maxAttempts ?? MAX_ATTEMPTS,
    backoff: backoffOf(retry),
  };
}

function foldersOf({ folders }: TaskPodProps, source: TaskSource): WorkerContract['folders'] {
  if (source.kind !== 'folder') return folders;
  const { path, input, output } = source;
  return { input: posix.join(path, input), output: posix.join(path, output), ...folders };
}
