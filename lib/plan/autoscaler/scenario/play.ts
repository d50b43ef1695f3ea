import { HPA_SYNC_SECONDS } from '../../kubernetes';
import { Autoscaler } from '../autoscaler';
import type { Decision, PodGroup, PodSamples, Reading } from '../observation';
import type { MetricSpec } from '../spec';
import { Fleet } from './fleet';
import type { Scenario, ScenarioRow } from './scenario';

/** Plays a scenario: one row for each sync. */
export function playScenario(scenario: Scenario): ScenarioRow[] {
  const autoscaler = new Autoscaler(scenario.spec);
  const fleet = new Fleet(scenario);
  const { syncLatencyMillis } = scenario;
  const rows: ScenarioRow[] = [];
  let current = scenario.initialReplicas;
  for (let sync = 0; ; sync += 1) {
    const startMillis = sync * (HPA_SYNC_SECONDS * 1000 + syncLatencyMillis);
    if (startMillis >= scenario.durationSeconds * 1000) return rows;
    const nowMillis = startMillis + syncLatencyMillis;
    const pods = fleet.at(nowMillis);
    const listed = fleet.size;
    const readings = readingsAt(scenario, nowMillis, pods);
    const decision = autoscaler.sync({ nowMillis, replicas: current, listed, pods, readings });
    const { desired } = decision;
    rows.push(rowOf(decision, { t: startMillis / 1000, current, ready: readyOf(pods), listed }));
    fleet.resize(nowMillis, desired);
    current = desired;
  }
}

function rowOf(
  decision: Decision,
  before: Pick<ScenarioRow, 't' | 'current' | 'ready' | 'listed'>,
): ScenarioRow {
  const row = {
    t: before.t,
    current: before.current,
    desired: decision.desired,
    ready: before.ready,
    listed: before.listed,
    raw: decision.raw ?? null,
    status: decision.status,
    seen: decision.seen,
    able: decision.able,
    limited: decision.limited,
    active: decision.active,
    zero: decision.zero,
  };
  return decision.failed ? { ...row, err: true } : row;
}

function readingsAt(scenario: Scenario, nowMillis: number, pods: readonly PodGroup[]): Reading[] {
  const step = Math.floor(nowMillis / (scenario.seriesStepSeconds * 1000));
  return scenario.spec.metrics.map((metric) => {
    if (isMissing(scenario, metric, step)) return 'failed';
    if (metric.name === 'backlog') return Math.floor(1000 * valueAt(scenario.backlog, step));
    const demand = valueAt(scenario.demandSlots, step);
    if (metric.name === 'cpu') return cpuSamples(scenario, demand, nowMillis, pods);
    return poolSamples(scenario, demand, pods);
  });
}

/** A step beyond the series is its last one, also where errors are listed. */
function isMissing(scenario: Scenario, { name }: MetricSpec, step: number): boolean {
  const steps = scenario.missingSteps.get(name);
  if (steps === undefined) return false;
  const series = name === 'backlog' ? scenario.backlog : scenario.demandSlots;
  return steps.has(Math.min(step, series.length - 1));
}

function valueAt(series: readonly number[], step: number): number {
  return series[Math.min(step, series.length - 1)] ?? 0;
}

function poolSamples(scenario: Scenario, demand: number, pods: readonly PodGroup[]): PodSamples {
  const busy = Math.floor((1000 * demand) / (readyOf(pods) * scenario.slotsPerPod));
  return { milli: samplesOf(scenario, pods, Math.min(1000, busy), 0) };
}

function cpuSamples(
  scenario: Scenario,
  demand: number,
  nowMillis: number,
  pods: readonly PodGroup[],
): PodSamples {
  const ready = readyOf(pods);
  const busySlots = Math.min(demand, ready * scenario.slotsPerPod);
  const milli = Math.floor((scenario.cpuMilliPerBusySlot * busySlots) / ready);
  return {
    milli: samplesOf(scenario, pods, milli, scenario.unreadyCpuMilli),
    takenMillis: nowMillis - scenario.cpuMetricAgeSeconds * 1000,
    windowMillis: scenario.cpuMetricWindowSeconds * 1000,
    requestMilli: scenario.cpuRequestMilli,
  };
}

/** What each group reports: pods that wait and pods that leave nothing. */
function samplesOf(
  { unreadyPods }: Scenario,
  pods: readonly PodGroup[],
  readyMilli: number,
  unreadyMilli: number,
): (number | undefined)[] {
  return pods.map(({ terminating, phase, ready }) => {
    if (terminating || phase === 'Pending') return undefined;
    if (ready) return readyMilli;
    return unreadyPods === 'zero' ? unreadyMilli : undefined;
  });
}

function readyOf(pods: readonly PodGroup[]): number {
  let sum = 0;
  for (const { ready, terminating, count } of pods) if (ready && !terminating) sum += count;
  return sum;
}
