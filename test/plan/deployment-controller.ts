/** A rolling update as it happens. */
export interface RollingUpdate {
  readonly pods: number;
  readonly surge: number;
  /** Pods that may be missing, 0 when left out. */
  readonly unavailable?: number;
  readonly minReadySeconds: number;
  readonly graceSeconds: number;
  /** Seconds that the i-th new pod takes to become ready. */
  readonly startSeconds: (i: number) => number;
  /** Seconds that the i-th old pod drains, at most `graceSeconds`. */
  readonly drainSeconds: (i: number) => number;
}

/**
 * Plays a rolling update second by second by the rules of the Deployment controller (reconcileNewReplicaSet,
 * reconcileOldReplicaSets) and counts the pods that exist.
 *
 * @returns the most pods that existed at the same time
 */
export function mostPods(update: RollingUpdate): number {
  const { pods, surge, unavailable = 0, minReadySeconds } = update;
  const created: number[] = [];
  const deleted: number[] = [];
  let most = pods;
  for (let now = 0; deleted.length < pods && now < 1e6; now++) {
    const available = created.filter((at, i) => at + update.startSeconds(i) + minReadySeconds <= now).length;
    for (let changed = true; changed; ) {
      const live = pods - deleted.length + created.length;
      const add = Math.min(pods + surge - live, pods - created.length);
      created.push(...Array<number>(Math.max(0, add)).fill(now));
      // Old pods may go as far as not too many are missing from the wanted count; all old ones are available.
      const spare = pods - deleted.length + available - (pods - unavailable);
      const remove = Math.min(pods - deleted.length, Math.max(0, spare));
      deleted.push(...Array<number>(remove).fill(now));
      changed = add > 0 || remove > 0;
    }
    const draining = deleted.filter((at, i) => now <= at + update.drainSeconds(i)).length;
    most = Math.max(most, pods - deleted.length + created.length + draining);
  }
  return most;
}
