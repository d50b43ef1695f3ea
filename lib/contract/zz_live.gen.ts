/* Generated from contract/live.schema.json by `npm run generate`. DO NOT EDIT. */

/**
 * What may change while a worker runs: a JSON file, mounted from a ConfigMap, that the worker's configuration names as `live`. What is left out is as the configuration has it.
 */
export interface LiveSettings {
  /**
   * Version of the contract. A runtime refuses a version it does not know.
   */
  contract: 1;
  /**
   * Tasks that run at the same time: at most pool.slots of the configuration, which all else was planned for.
   */
  slots?: number;
  log?: Log;
  rate?: Rate;
  breaker?: Breaker;
}
/**
 * Logging, JSON lines on standard error.
 */
export interface Log {
  /**
   * The lowest level that is logged. Left out: info.
   */
  level?: 'debug' | 'info' | 'warn' | 'error';
}
/**
 * Most tasks that are fetched over time: a bucket of `burst` tokens that fills at perSecond.
 */
export interface Rate {
  /**
   * Tasks per second of this process.
   */
  perSecond: number;
  /**
   * Tasks that may be fetched at once after a pause.
   */
  burst: number;
}
/**
 * Stops fetching for a while when too many attempts fail. Errors that are marked permanent, and tasks that are handed back or snoozed, do not count.
 */
export interface Breaker {
  /**
   * Share of attempts within the window that have to fail for it to open.
   */
  failureShare: number;
  /**
   * Attempts that the window has to hold before it may open.
   */
  leastAttempts: number;
  /**
   * How far back attempts count.
   */
  windowSeconds: number;
  /**
   * How long nothing is fetched before probes are let through.
   */
  openSeconds: number;
  /**
   * Tasks that are tried before it closes; it opens again when failureShare of them fail.
   */
  probes: number;
}
