import type { Decision } from '../autoscaler/observation';
import { type Load, LoadReader, rateAt } from '../load/load';
import { lognormalSigma } from '../queueing/service-time';
import { Fleet, type FleetSettings, type Replacement } from './fleet';
import { type PlayedStep, PlayedSteps } from './played-steps';
import type { PodProfile } from './pod-profile';
import { QueueFlow, steadyBacklog, steadyWaitProbability } from './queue-flow';
import type { Scaler, View } from './scaler';
import type { Timing } from './settings';
import type { Snapshot } from './signals';

/** Beyond this utilisation what waits is called a backlog, not chance. */
const CHANCE_ENDS = 0.95;

/** A worker that is ready to be played. */
export interface Playable {
  readonly profile: PodProfile;
  readonly fleet: Omit<FleetSettings, 'onLeave'>;
  readonly startPods: number;
  readonly scaler: Scaler;
  /** What happens to the pods at certain times, ascending. */
  readonly replacements: readonly { readonly atSeconds: number; readonly how: Replacement }[];
  /** Seconds that a pod takes besides its tasks when it ends. */
  readonly flushSeconds: number;
}

/** What is counted within a step. */
const EMPTY = { arrived: 0, peakPods: 0, podSeconds: 0, fewestReady: Number.POSITIVE_INFINITY };

/** Plays a worker along a load: one event after the other, one row for each step. */
export class WorkerRun {
  readonly steps: PlayedSteps;
  readonly flow: QueueFlow;
  private readonly fleet: Fleet;
  private readonly reader: LoadReader;
  private readonly seen: Snapshot[] = [];
  private now = 0;
  private nextScrape: number;
  private nextReplacement = 0;
  /** Utilisation × seconds since Prometheus looked last, and the seconds. */
  private measured = { area: 0, seconds: 0 };
  private step = EMPTY;

  constructor(
    private readonly of: Playable,
    private readonly load: Load,
    private readonly timing: Timing,
  ) {
    this.steps = new PlayedSteps(Math.ceil(load.durationSeconds / timing.syncSeconds) + 1);
    this.flow = new QueueFlow(of.profile);
    this.reader = new LoadReader(load);
    this.fleet = new Fleet({ ...of.fleet, onLeave: (pods, all) => this.leave(pods, all) }, of.startPods);
    this.nextScrape = timing.scrapePhaseSeconds;
    this.warmUp();
  }

  /** Plays the whole load. */
  play(): void {
    const { durationSeconds } = this.load;
    const { syncSeconds } = this.timing;
    for (let start = 0; start < durationSeconds; start += syncSeconds) {
      const end = Math.min(start + syncSeconds, durationSeconds);
      this.step = { ...EMPTY };
      while (this.now < end) this.event(end);
      this.steps.push(this.row(start, end));
    }
  }

  /** The pods of the start have taken tasks for a while. */
  private warmUp(): void {
    const rate = rateAt(this.load, 0);
    const pods = this.fleet.ready;
    for (let n = 0; n < 20 && pods > 0; n++) this.flow.advance(this.of.profile.meanSeconds * 10, 0, pods);
    const { servers, meanSeconds } = this.of.profile;
    const running = Math.min(servers * pods, rate * meanSeconds);
    this.flow.tasks = running;
    this.flow.advance(0, 0, pods);
    this.scrape(0);
  }

  private event(end: number): void {
    const { fleet, of } = this;
    const replaced = of.replacements[this.nextReplacement]?.atSeconds ?? Number.POSITIVE_INFINITY;
    const next = Math.min(end, of.scaler.next, fleet.due, this.nextScrape, replaced);
    this.passUntil(Math.max(next, this.now));
    const { now, step } = this;
    // What happens at the very end is of the next step.
    if (now >= end) return;
    if (fleet.due <= now) fleet.update(now);
    if (replaced <= now) this.replace();
    if (this.nextScrape <= now) {
      this.scrape(now);
      this.nextScrape += this.timing.scrapeSeconds;
    }
    if (of.scaler.next <= now) of.scaler.look(this.view());
    step.peakPods = Math.max(step.peakPods, fleet.ready + fleet.draining);
    step.fewestReady = Math.min(step.fewestReady, fleet.ready);
  }

  private passUntil(time: number): void {
    const seconds = time - this.now;
    if (seconds <= 0) return;
    const { fleet, flow, step } = this;
    const pods = fleet.ready;
    const arrivals = this.reader.until(time);
    flow.advance(seconds, arrivals, pods);
    step.arrived += arrivals;
    step.podSeconds += fleet.total * seconds;
    step.peakPods = Math.max(step.peakPods, pods + fleet.draining);
    step.fewestReady = Math.min(step.fewestReady, pods);
    this.measured.area += flow.reported * seconds;
    this.measured.seconds += seconds;
    this.now = time;
  }

  private replace(): void {
    const due = this.of.replacements[this.nextReplacement++];
    if (due !== undefined) this.fleet.replace(this.now, due.how);
  }

  private scrape(now: number): void {
    const { area, seconds } = this.measured;
    const { flow } = this;
    this.seen.push({
      atSeconds: now,
      utilization: seconds === 0 ? flow.reported : area / seconds,
      waiting: flow.waiting,
      tasks: flow.tasks,
      readyPods: this.fleet.ready,
    });
    this.measured = { area: 0, seconds: 0 };
  }

  private view(): View {
    const { now, fleet, flow, seen } = this;
    while ((seen[1]?.atSeconds ?? Number.POSITIVE_INFINITY) + this.timing.metricDelaySeconds <= now)
      seen.shift();
    const live: Snapshot = {
      atSeconds: now,
      utilization: flow.reported,
      waiting: flow.waiting,
      tasks: flow.tasks,
      readyPods: fleet.ready,
    };
    return { now, fleet, snapshot: seen[0], live };
  }

  /** @returns how long the longest of the tasks that run in pods that leave still takes, in seconds */
  private leave(pods: number, all: number): number {
    const { profile, flushSeconds } = this.of;
    const running = all === 0 ? 0 : this.flow.busy / all;
    const waiting = profile.lines === 'each' && all > 0 ? this.flow.waiting / all : 0;
    this.flow.leave(pods, all);
    const worksOff = (waiting * profile.meanSeconds) / profile.servers;
    return Math.min(profile.graceSeconds, longestOf(running, profile) + worksOff + flushSeconds);
  }

  private row(fromSeconds: number, toSeconds: number): PlayedStep {
    const { fleet, flow, of, step } = this;
    const seconds = toSeconds - fromSeconds;
    const rate = step.arrived / seconds;
    const readyPods = fleet.ready;
    const { servers, meanSeconds } = of.profile;
    const capacity = (servers * readyPods) / meanSeconds;
    const byChance = Math.min(flow.waiting, steadyBacklog(of.profile, readyPods, CHANCE_ENDS));
    const rho = Math.min(CHANCE_ENDS, flow.load);
    return {
      fromSeconds,
      toSeconds,
      arrived: step.arrived,
      arrivedUntil: flow.arrived,
      startedUntil: flow.arrived - flow.waiting,
      byChance,
      // Little's law, with the throughput that so many tasks go with in the long run.
      chanceSeconds: byChance === 0 ? 0 : byChance / (rho * capacity),
      waitProbability: steadyWaitProbability(of.profile, readyPods, rho),
      capacity,
      rate,
      replicas: fleet.replicas,
      readyPods,
      fewestReady: step.fewestReady,
      pods: fleet.total,
      utilization: flow.reported,
      waiting: flow.waiting,
      peakPods: step.peakPods,
      podSeconds: step.podSeconds,
      homeless: fleet.homeless,
      refusedByQuota: fleet.refusedByQuota,
      why: whyHeld(of.scaler.decision, fleet.replicas),
    };
  }
}

/** Why no more pods are wanted. */
function whyHeld(decision: Decision | undefined, replicas: number): string {
  if (decision === undefined) return 'nothing scales it';
  if (decision.failed) return 'a metric was missing';
  const { limited, raw } = decision;
  if (raw === undefined || raw <= replicas) return 'what it had seen until then was within its tolerance';
  return limited.startsWith('T')
    ? `it wanted ${raw}, and its policies allow no more (${limited.slice(2)})`
    : `it wants ${raw}`;
}

/** Seconds that the longest of some tasks takes which are half done on average: the largest of n lognormal durations, about √(2·ln n) σ above the median. */
function longestOf(tasks: number, { meanSeconds, maxSeconds }: PodProfile): number {
  if (tasks <= 0) return 0;
  const sigma = lognormalSigma(meanSeconds, maxSeconds);
  const median = meanSeconds * Math.exp(-(sigma ** 2) / 2);
  return Math.min(maxSeconds, median * Math.exp(sigma * Math.sqrt(2 * Math.log(tasks + 1))));
}
