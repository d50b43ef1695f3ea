import type { Connection } from '../network/endpoint';
import type { DownstreamBudget } from '../plan/spec';

/** What a shared resource can take of a worker, such as database connections; servers make it, see `budget()`. */
export interface Downstream extends DownstreamBudget {
  /**
   * How the resource is called.
   * @default the worker opens no way to it and gets no variables
   */
  readonly connection?: Connection;
  /**
   * Told what the worker holds at its peak, so that the resource can check the sum over all of its users.
   * @default each worker is checked by itself
   */
  readonly claim?: (claim: DownstreamClaim) => void;
}

/** What one workload holds of a shared resource at its peak. */
export interface DownstreamClaim {
  /** Path of the workload's construct, such as `darkroom/develop`. */
  readonly path: string;
  /** Units that it holds at its peak. */
  readonly peak: number;
}
