import { posix } from 'node:path';
import type { Task, WorkerContract } from '../contract/zz_worker.gen';
import { PREFETCH_FACTOR } from '../plan/fetch';
import type { WorkerPlan } from '../plan/worker-plan';
import { settingsOf } from '../workload/configuration';
import { seconds } from '../workload/quantity';
import { backoffOf } from './backoff';
import { contractSource } from './contract-source';
import { PORTS } from './names';
import type { WorkerProps } from './props';

const MAX_ATTEMPTS = 5;

/**
 * The configuration of a worker's pods: the plan's numbers and the program's settings. Seeds and settings that no
 * JSON can carry are missing: `checkProps` reports them, and nothing is deployed.
 */
export function workerContract(plan: WorkerPlan, props: WorkerProps): WorkerContract {
  const { figures } = plan;
  const folders = foldersOf(props);
  return {
    contract: 1,
    name: plan.name,
    pool: { slots: figures.poolSlots.value },
    fetch: { factor: PREFETCH_FACTOR, maxPrefetch: figures.prefetch.value },
    source: contractSource(figures, props.source),
    task: contractTask(plan, props),
    shutdown: {
      lameDuckSeconds: figures.lameDuck.value,
      drainSeconds: figures.drain.value,
      flushSeconds: figures.flush.value,
    },
    http: {
      metricsPort: PORTS.metrics.number,
      ...(props.source.kind === 'memory' && { intakePort: PORTS.intake.number }),
    },
    ...(folders !== undefined && { folders }),
    ...(props.settings !== undefined && { settings: settingsOf(props.settings) }),
  };
}

function contractTask({ figures }: WorkerPlan, { task, retry = {} }: WorkerProps): Task {
  return {
    maxSeconds: seconds(task.duration.max),
    ackWaitSeconds: figures.ackWait.value,
    maxAttempts: retry.maxAttempts ?? MAX_ATTEMPTS,
    backoff: backoffOf(retry),
  };
}

function foldersOf({ folders, source }: WorkerProps): WorkerContract['folders'] {
  if (source.kind !== 'folder') return folders;
  const { path, input, output } = source;
  return { input: posix.join(path, input), output: posix.join(path, output), ...folders };
}
