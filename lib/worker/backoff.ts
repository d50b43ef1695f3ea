import type { Backoff } from '../contract/zz_worker.gen';
import { seconds } from '../workload/quantity';
import type { WorkerRetry } from './task-pod-props';

const INITIAL_DELAY_SECONDS = 1;
const MAX_DELAY_SECONDS = 60;
const DELAY_FACTOR = 2;
const DELAY_JITTER = 0.5;

/** Delays between the attempts of a task, defaults filled in: 1 s that doubles up to 60 s, half of it random. */
export function backoffOf({ initialDelay, maxDelay }: WorkerRetry): Backoff {
  return {
    initialSeconds: initialDelay === undefined ? INITIAL_DELAY_SECONDS : seconds(initialDelay),
    maxSeconds: maxDelay === undefined ? MAX_DELAY_SECONDS : seconds(maxDelay),
    factor: DELAY_FACTOR,
    jitter: DELAY_JITTER,
  };
}
