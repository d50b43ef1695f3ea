import type { Duration } from 'cdk8s';
import type { DownstreamBudget, ShutdownSpec } from '../plan/spec';
import { seconds } from './quantity';

/** Parts of a shutdown budget, as props say them. */
interface Shutdown {
  readonly lameDuck?: Duration;
  readonly flush?: Duration;
  readonly gracePeriod?: Duration;
}

/** The parts of a shutdown budget for the plan. */
export function shutdownSpec({ lameDuck, flush, gracePeriod }: Shutdown): ShutdownSpec {
  return {
    ...(lameDuck !== undefined && { lameDuckSeconds: seconds(lameDuck) }),
    ...(flush !== undefined && { flushSeconds: seconds(flush) }),
    ...(gracePeriod !== undefined && { graceSeconds: seconds(gracePeriod) }),
  };
}

/** What a shared resource can take, for the plan. */
export function budgetSpec({ name, limit, perTask, perPod, calls }: DownstreamBudget): DownstreamBudget {
  return {
    name,
    limit,
    ...(perTask !== undefined && { perTask }),
    ...(perPod !== undefined && { perPod }),
    ...(calls !== undefined && { calls }),
  };
}
