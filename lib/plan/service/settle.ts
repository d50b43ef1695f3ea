import { formatQuantity } from '../format';
import { BYTES_MAX, SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import type { SettledSpec } from '../settled-spec';
import { checkNumber } from '../validate/check-number';
import { settleCost } from '../validate/cost';
import { settleDownstream } from '../validate/downstream';
import { LAME_DUCK_SECONDS, settleRollout, settleShutdown } from '../validate/lifecycle';
import { settleResources } from '../validate/resources';
import { settleBounds, settleOldest, settleTarget } from '../validate/scale';
import { REQUESTS } from '../work';
import type { RequestSpec, ServiceSignal, ServiceSpec } from './spec';

/**
 * Time until what routes requests from outside has followed an endpoint that went away: ingress controllers, gateways
 * and load balancers hear of it later than kube-proxies, and spread it among themselves.
 */
const OUTSIDE_LAME_DUCK_SECONDS = 15;

/** Largest body of a request when nothing is said, in bytes. */
export const MAX_BODY_BYTES = 2 ** 20;

/** A `ServiceSpec`, settled. */
export interface SettledService extends SettledSpec {
  /** `undefined` when derived. */
  readonly latencySeconds: number | undefined;
  readonly maxBodyBytes: number;
  readonly by: ServiceSignal;
  readonly reach: 'cluster' | 'outside';
}

/** Like `settleSpec`, for a service. */
export function settleService(spec: ServiceSpec, problems: Problem[]): SettledService {
  const { request, scale, shutdown, rollout, latencySeconds, reach = 'cluster' } = spec;
  settleOldest(spec.cluster, problems);
  return {
    work: REQUESTS,
    ...settleCost(REQUESTS, costOf(request), problems),
    ...settleResources(REQUESTS, spec, problems),
    ...settleBounds(scale, 1, problems),
    targetUtilization: settleTarget(scale.targetUtilization, 'a full pod does no more', problems),
    by: scale.by ?? 'in-flight',
    latencySeconds: latencySeconds === undefined ? undefined : settleLatency(latencySeconds, problems),
    maxBodyBytes: settleBody(request.maxBodyBytes ?? MAX_BODY_BYTES, problems),
    reach,
    ...settleShutdown(shutdown, REQUESTS, lameDuck(reach), problems),
    ...settleRollout(rollout, SURGE, problems),
    downstream: settleDownstream(REQUESTS, spec.downstream, problems),
  };
}

function costOf({ cpuSeconds, durationSeconds, memoryBytes, scratchBytes }: RequestSpec) {
  return {
    cpuSeconds,
    durationSeconds,
    memoryBytes: { base: memoryBytes.base, each: memoryBytes.perRequest },
    scratchBytes:
      scratchBytes === undefined ? {} : { base: scratchBytes.base, each: scratchBytes.perRequest },
  };
}

function settleLatency(value: number, problems: Problem[]): number {
  const fix = 'Give the time within which an average request is answered, waiting included.';
  return checkNumber(value, { prop: 'latency', unit: 'seconds', min: 1e-6, max: SECONDS_MAX, fix }, problems);
}

function settleBody(value: number, problems: Problem[]): number {
  const fix = `Give whole bytes, or leave it out for ${formatQuantity(MAX_BODY_BYTES, 'bytes')}.`;
  return checkNumber(
    value,
    { prop: 'request.maxBody', unit: 'bytes', min: 0, max: BYTES_MAX, parts: 1, fix },
    problems,
  );
}

function lameDuck(reach: 'cluster' | 'outside') {
  const [inside, outside] = [LAME_DUCK_SECONDS, OUTSIDE_LAME_DUCK_SECONDS];
  return {
    seconds: reach === 'outside' ? outside : inside,
    fix: `Leave it out for ${inside} s, or ${outside} s where requests come from outside of the cluster.`,
  };
}

/** Without a pod more there would be one less, or none at all. */
const SURGE = { least: 1, fix: 'Leave it out for a quarter of scale.max.' } as const;
