import type { PodGroup } from '../autoscaler/observation';
import { Nodes } from './nodes';
import type { SimulatedNodes, Timing } from './settings';

const NEVER = Number.POSITIVE_INFINITY;

/** Pods that are ready for longer than this cannot be told apart by an autoscaler (it heeds 5 minutes). */
const OLD_SECONDS = 600;

/** How pods of an old version are replaced. */
export interface Replacement {
  /** Pods above the wanted count. */
  readonly surge: number;
  /** Pods below the wanted count. */
  readonly unavailable: number;
  /** Seconds that a fresh pod has to be ready. */
  readonly minReadySeconds: number;
  /** All old pods end before a new one starts. */
  readonly recreate: boolean;
}

/** What a fleet is made of. */
export interface FleetSettings {
  readonly timing: Timing;
  readonly nodes: SimulatedNodes | undefined;
  /** Most pods that a quota allows, terminating ones included. */
  readonly quota: number;
  /** Pods leave that take tasks: how long their longest task still runs, in seconds. */
  readonly onLeave: (pods: number, of: number) => number;
}

/** Pods that were created together. */
interface Group {
  count: number;
  readonly generation: number;
  readonly createdAt: number;
  /** When they have a node; infinite while they have none. */
  placedAt: number;
  runsAt: number;
  readyAt: number;
}

/** The pods of one workload: created, placed, started, replaced and ended as its controllers would. */
export class Fleet {
  private groups: Group[] = [];
  private ending: { count: number; readonly wasReady: boolean; readonly endsAt: number }[] = [];
  private generation = 0;
  private replacement: Replacement | undefined;
  private readonly nodes: Nodes;

  /** Pods that are not terminating. */
  listed = 0;
  /** Pods that take tasks. */
  ready = 0;
  /** Pods that were ready and finish what runs in them. */
  draining = 0;
  /** All pods, terminating ones included. */
  total = 0;
  /** Pods without a node. */
  homeless = 0;
  /** When something happens next by itself; infinite: never. */
  due = NEVER;

  /** @param wanted pods at the start, which are long ready */
  constructor(
    private readonly of: FleetSettings,
    private wanted: number,
  ) {
    this.nodes = new Nodes(of.nodes, wanted);
    const count = Math.min(wanted, of.quota, this.nodes.room());
    const past = -3600;
    const long = { createdAt: past, placedAt: past, runsAt: past, readyAt: past };
    if (count > 0) this.groups.push({ count, generation: 0, ...long });
    this.count(0);
  }

  /** `spec.replicas` of the workload. */
  get replicas(): number {
    return this.wanted;
  }

  /** Pods that a quota keeps from being created. */
  get refusedByQuota(): number {
    return this.total < this.of.quota ? 0 : Math.max(0, this.wanted - this.listed);
  }

  /** Sets `spec.replicas`. */
  scale(now: number, wanted: number): void {
    this.wanted = wanted;
    this.update(now);
  }

  /** Begins to replace all pods. */
  replace(now: number, replacement: Replacement): void {
    this.generation++;
    this.replacement = replacement;
    this.update(now);
  }

  /** All pods end at once, as those of a job that has done its work. */
  complete(now: number): void {
    this.wanted = 0;
    this.groups = [];
    this.update(now);
  }

  /** Lets controllers do what is due. */
  update(now: number): void {
    this.ending = this.ending.filter(({ endsAt }) => endsAt > now);
    this.count(now);
    if (this.replacement !== undefined) this.replaceSome(now, this.replacement);
    else this.keepWanted(now);
    this.place(now);
    this.forgetAges(now);
    this.count(now);
  }

  /** The pods as an autoscaler sees them. */
  observed(now: number): PodGroup[] {
    const living = this.groups.map(
      ({ count, placedAt, runsAt, readyAt, createdAt }): PodGroup => ({
        count,
        phase: runsAt <= now ? 'Running' : 'Pending',
        ready: readyAt <= now,
        terminating: false,
        startMillis: millis(placedAt === NEVER ? createdAt : placedAt),
        readyChangedMillis: millis(readyAt <= now ? readyAt : createdAt),
      }),
    );
    const ending = this.ending.map(
      ({ count, wasReady }): PodGroup => ({
        count,
        phase: wasReady ? 'Running' : 'Pending',
        ready: wasReady,
        terminating: true,
        startMillis: 0,
        readyChangedMillis: 0,
      }),
    );
    return [...living, ...ending];
  }

  /** When pods of a group, in the order of {@link observed}, began to run and to be ready. */
  since(index: number): { readonly runsAt: number; readonly readyAt: number } {
    return this.groups[index] ?? { runsAt: NEVER, readyAt: NEVER };
  }

  /** Renews what is counted; it holds until `due`, or until somebody acts. */
  private count(now: number): void {
    const minReady = this.replacement?.minReadySeconds ?? 0;
    let [listed, ready, homeless] = [0, 0, 0];
    let due = this.nodes.next();
    for (const { count, readyAt, placedAt } of this.groups) {
      listed += count;
      if (placedAt === NEVER) homeless += count;
      if (readyAt <= now) ready += count;
      const next = readyAt > now ? readyAt : readyAt + minReady;
      if (next > now && next < due) due = next;
    }
    let [draining, ending] = [0, 0];
    for (const { count, wasReady, endsAt } of this.ending) {
      ending += count;
      if (wasReady) draining += count;
      if (endsAt < due) due = endsAt;
    }
    this.listed = listed;
    this.ready = ready;
    this.homeless = homeless;
    this.draining = draining;
    this.total = listed + ending;
    this.due = due;
  }

  private keepWanted(now: number): void {
    const { listed, wanted } = this;
    if (listed < wanted) this.create(now, wanted - listed);
    else if (listed > wanted) this.remove(now, listed - wanted, () => true);
  }

  private create(now: number, count: number): void {
    const allowed = Math.min(count, this.of.quota - this.total);
    if (allowed <= 0) return;
    const { generation } = this;
    this.groups.push({
      count: allowed,
      generation,
      createdAt: now,
      placedAt: NEVER,
      runsAt: NEVER,
      readyAt: NEVER,
    });
    this.count(now);
  }

  /** The latest go first: they are the least ready. */
  private remove(now: number, count: number, isOf: (group: Group) => boolean): void {
    let left = count;
    for (let index = this.groups.length - 1; index >= 0 && left > 0; index--) {
      const group = this.groups[index];
      if (group === undefined || !isOf(group)) continue;
      const gone = Math.min(left, group.count);
      left -= gone;
      this.end(now, gone, group);
      group.count -= gone;
      this.count(now);
    }
    this.groups = this.groups.filter((group) => group.count > 0);
  }

  private end(now: number, count: number, group: Group): void {
    const wasReady = group.readyAt <= now;
    const seconds = wasReady ? this.of.onLeave(count, this.ready) : 0;
    if (seconds > 0) this.ending.push({ count, wasReady, endsAt: now + seconds });
  }

  /** One look of the Deployment controller at a rolling update (pkg/controller/deployment/rolling.go). */
  private replaceSome(now: number, { surge, unavailable, minReadySeconds, recreate }: Replacement): void {
    const isOld = ({ generation }: Group) => generation < this.generation;
    const old = sum(this.groups, isOld);
    if (old === 0 && (!recreate || this.total === this.listed)) {
      this.replacement = undefined;
      this.keepWanted(now);
      return;
    }
    if (recreate) {
      this.remove(now, old, isOld);
      return;
    }
    const fresh = this.listed - old;
    this.create(now, Math.min(this.wanted - fresh, this.wanted + surge - this.listed));
    const waiting = sum(this.groups, (it) => !isOld(it) && it.readyAt + minReadySeconds > now);
    const mayGo = this.listed - (this.wanted - unavailable) - waiting;
    if (mayGo > 0) this.remove(now, Math.min(old, mayGo), isOld);
    if (fresh > this.wanted) this.remove(now, fresh - this.wanted, (it) => !isOld(it));
  }

  private place(now: number): void {
    this.nodes.update(now, this.placed(), this.homeless);
    const { schedulingSeconds, imagePullSeconds, startSeconds } = this.of.timing;
    let room = this.nodes.room() - this.placed();
    const placed: Group[] = [];
    for (const group of this.groups) {
      if (group.placedAt !== NEVER || room <= 0) {
        placed.push(group);
        continue;
      }
      const count = Math.min(room, group.count);
      room -= count;
      const placedAt = now + schedulingSeconds;
      const runsAt = placedAt + imagePullSeconds;
      placed.push({ ...group, count, placedAt, runsAt, readyAt: runsAt + startSeconds });
      if (count < group.count) placed.push({ ...group, count: group.count - count });
    }
    this.groups = placed;
  }

  private placed(): number {
    return this.total - this.homeless;
  }

  /** Joins pods that nobody can tell apart any more. */
  private forgetAges(now: number): void {
    const [first, second] = this.groups;
    if (first === undefined || second === undefined) return;
    if (second.readyAt + OLD_SECONDS > now || first.generation !== second.generation) return;
    this.groups.splice(0, 2, { ...first, count: first.count + second.count });
  }
}

function sum(groups: readonly Group[], which: (group: Group) => boolean): number {
  return groups.reduce((all, group) => all + (which(group) ? group.count : 0), 0);
}

function millis(seconds: number): number {
  return Math.round(seconds * 1000);
}
