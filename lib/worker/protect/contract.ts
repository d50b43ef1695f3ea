import type { LiveSettings } from '../../contract/zz_live.gen';
import type {
  Breaker,
  Protect,
  Rate,
  RetryBudget as RetryBudgetContract,
} from '../../contract/zz_worker.gen';
import { seconds } from '../../workload/quantity';
import type { CircuitBreaker, RetryBudget, TaskRate, WorkerLiveSettings, WorkerProtection } from './props';

const BREAKER = { failureShare: 0.5, leastAttempts: 20, windowSeconds: 30, openSeconds: 30, probes: 3 };
const RETRY_BUDGET = { share: 0.2, least: 10, windowSeconds: 60 };

/** The part of the configuration that protects what handlers call, defaults filled in. */
export function protectContract({ rate, breaker, retryBudget, adaptive }: WorkerProtection): Protect {
  return {
    ...(rate !== undefined && { rate: rateOf(rate) }),
    ...(breaker !== undefined && { breaker: breakerOf(breaker) }),
    ...(retryBudget !== undefined && { retryBudget: retryBudgetOf(retryBudget) }),
    ...(adaptive !== undefined && { adaptive: { leastSlots: adaptive.leastSlots ?? 1 } }),
  };
}

/** The file of settings that change under running pods. */
export function liveContract({ slots, logLevel, rate, breaker }: WorkerLiveSettings): LiveSettings {
  return {
    contract: 1,
    ...(slots !== undefined && { slots }),
    ...(logLevel !== undefined && { log: { level: logLevel } }),
    ...(rate !== undefined && { rate: rateOf(rate) }),
    ...(breaker !== undefined && { breaker: breakerOf(breaker) }),
  };
}

function rateOf({ perPod, burst }: TaskRate): Rate {
  return { perSecond: perPod, burst: burst ?? Math.max(1, Math.ceil(perPod)) };
}

function breakerOf({ failureShare, leastAttempts, window, openFor, probes }: CircuitBreaker): Breaker {
  return {
    failureShare: failureShare ?? BREAKER.failureShare,
    leastAttempts: leastAttempts ?? BREAKER.leastAttempts,
    windowSeconds: window === undefined ? BREAKER.windowSeconds : seconds(window),
    openSeconds: openFor === undefined ? BREAKER.openSeconds : seconds(openFor),
    probes: probes ?? BREAKER.probes,
  };
}

function retryBudgetOf({ share, least, window }: RetryBudget): RetryBudgetContract {
  return {
    share: share ?? RETRY_BUDGET.share,
    least: least ?? RETRY_BUDGET.least,
    windowSeconds: window === undefined ? RETRY_BUDGET.windowSeconds : seconds(window),
  };
}
