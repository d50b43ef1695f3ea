import type { PodGroup } from '../observation';
import type { Scenario } from './scenario';

/** When the first pods were created. */
const FIRST_MILLIS = -3600_000;

/** Age beyond which the controller makes no difference between ready pods. */
const SETTLED_MILLIS = 3600_000;

/** Pods of the same age. */
interface Cohort {
  readonly createdMillis: number;
  readonly count: number;
}

interface Leaving {
  readonly group: PodGroup;
  readonly goneMillis: number;
}

/** The pods of a scenario. They are counted by age, since those of one age never differ. */
export class Fleet {
  /** Oldest first. */
  private cohorts: Cohort[];
  private leaving: Leaving[] = [];
  private readonly pendingMillis: number;
  private readonly readyMillis: number;
  private readonly terminationMillis: number;

  constructor({ initialReplicas, podPendingSeconds, podReadySeconds, podTerminationSeconds }: Scenario) {
    this.cohorts = initialReplicas === 0 ? [] : [{ createdMillis: FIRST_MILLIS, count: initialReplicas }];
    this.pendingMillis = podPendingSeconds * 1000;
    this.readyMillis = Math.max(podPendingSeconds, podReadySeconds) * 1000;
    this.terminationMillis = podTerminationSeconds * 1000;
  }

  /** Pods that are not terminating. */
  get size(): number {
    return this.cohorts.reduce((sum, { count }) => sum + count, 0);
  }

  /** All pods at a time, those that are not terminating first. */
  at(nowMillis: number): PodGroup[] {
    this.settle(nowMillis);
    this.leaving = this.leaving.filter(({ goneMillis }) => nowMillis < goneMillis);
    return [
      ...this.cohorts.map((cohort) => this.groupOf(cohort, nowMillis)),
      ...this.leaving.map(({ group }) => group),
    ];
  }

  /** Adds pods, or marks the newest ones deleted. */
  resize(nowMillis: number, replicas: number): void {
    let excess = this.size - replicas;
    if (excess < 0) this.cohorts.push({ createdMillis: nowMillis, count: -excess });
    while (excess > 0) {
      const newest = this.cohorts.pop();
      if (newest === undefined) return;
      const removed = Math.min(excess, newest.count);
      this.leave({ ...newest, count: removed }, nowMillis);
      if (removed < newest.count) this.cohorts.push({ ...newest, count: newest.count - removed });
      excess -= removed;
    }
  }

  private leave(cohort: Cohort, nowMillis: number): void {
    const group = { ...this.groupOf(cohort, nowMillis), terminating: true };
    this.leaving.push({ group, goneMillis: nowMillis + this.terminationMillis });
  }

  private groupOf({ createdMillis, count }: Cohort, nowMillis: number): PodGroup {
    const readyFrom = createdMillis + this.readyMillis;
    const ready = nowMillis >= readyFrom;
    return {
      count,
      phase: nowMillis >= createdMillis + this.pendingMillis ? 'Running' : 'Pending',
      ready,
      terminating: false,
      startMillis: createdMillis,
      readyChangedMillis: ready ? readyFrom : createdMillis,
    };
  }

  /** Puts the oldest cohorts together, so that their number does not grow with time. */
  private settle(nowMillis: number): void {
    const limit = nowMillis - SETTLED_MILLIS - this.readyMillis;
    while ((this.cohorts[1]?.createdMillis ?? nowMillis) <= limit) {
      const [first, second] = this.cohorts.splice(0, 2);
      if (first === undefined || second === undefined) return;
      this.cohorts.unshift({ ...second, count: first.count + second.count });
    }
  }
}
