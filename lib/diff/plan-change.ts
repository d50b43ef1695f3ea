import { type Load, type SimulationTotals, simulate, type WorkerProfile } from '../plan';
import { type Fields, textAt } from '../plan/fields';
import { formatNumber, formatQuantity } from '../plan/format';
import { isService } from '../plan/simulate/workload';
import type { Effect, ObjectChange } from './change';
import { counterpart, sizedWorkloads, sizeOf, type WorkloadSize } from './workload-size';

/** A number before and after a change; `undefined`: it is not there, or nobody knows. */
export interface Change {
  readonly was: number | undefined;
  readonly is: number | undefined;
}

/** How likely a change is to do harm. */
export type RiskLevel = 'none' | 'low' | 'medium' | 'high';

/** What a change does to one workload. */
export interface WorkloadChange {
  /** What messages call it: `darkroom/develop`. */
  readonly name: string;
  /** What it does to its pods. */
  readonly effect: Effect;
  readonly min: Change;
  readonly max: Change;
  /** Pod hours: along the load, or else in a day with the fewest pods. */
  readonly podHours: Change;
  /** The same with the most pods; along a load as `podHours`. */
  readonly mostPodHours: Change;
  /** Most tasks or requests at the same time, over all pods there may be. */
  readonly peakConcurrency: Change;
  /** 99 of 100 tasks wait no longer, in seconds; only along a load. */
  readonly waitP99Seconds: Change;
  /** Tasks that waited too long; only along a load. */
  readonly lateTasks: Change;
  readonly risk: RiskLevel;
  /** What the risk is, the worst first. */
  readonly risks: readonly string[];
}

/** What a change is judged with. */
export interface Judging {
  readonly before: readonly Fields[];
  readonly after: readonly Fields[];
  /** What differs. */
  readonly changes: readonly ObjectChange[];
  /**
   * Load that is played on both sides.
   * @default pod hours are those of a day at the bounds
   */
  readonly load?: Load;
  /** How long tasks take, by name of the worker, which no manifest says. */
  readonly profiles: Readonly<Record<string, WorkerProfile>>;
}

const DAY_HOURS = 24;

/** What a change of manifests does to each workload that it touches. */
export function planChanges(judging: Judging): WorkloadChange[] {
  const { before, after } = judging;
  const young = sizedWorkloads(after).map((is) => ({ was: counterpart(is, before), is }));
  const gone = sizedWorkloads(before)
    .filter((was) => counterpart(was, after) === undefined)
    .map((was) => ({ was, is: undefined }));
  return [...young, ...gone].flatMap(({ was, is }) => {
    const change = workloadChange(was, is, judging);
    return change === undefined ? [] : [change];
  });
}

interface Side {
  readonly size: WorkloadSize;
  readonly totals: SimulationTotals | undefined;
}

function workloadChange(
  was: Fields | undefined,
  is: Fields | undefined,
  judging: Judging,
): WorkloadChange | undefined {
  const workload = is ?? was;
  if (workload === undefined) return undefined;
  const about = changesAbout(workload, judging.changes);
  const [before, after] = [sideOf(was, judging.before, judging), sideOf(is, judging.after, judging)];
  if (about.length === 0 && JSON.stringify(before) === JSON.stringify(after)) return undefined;
  const both = (of: (side: Side) => number | undefined): Change => ({
    was: before && of(before),
    is: after && of(after),
  });
  const hours = (pods: (size: WorkloadSize) => number) =>
    both(({ size, totals }) => totals?.podHours ?? DAY_HOURS * pods(size));
  const numbers = {
    min: both(({ size }) => size.min),
    max: both(({ size }) => size.max),
    podHours: hours(({ min }) => min),
    mostPodHours: hours(({ max }) => max),
    peakConcurrency: both(({ size }) => (size.slots === undefined ? undefined : size.slots * size.peakPods)),
    waitP99Seconds: both(({ totals }) => totals?.waitP99Seconds),
    lateTasks: both(({ totals }) => totals && Math.round(totals.lateTasks)),
  };
  const found = [...risksOf(about, numbers), ...sizeRisks(before?.size, after?.size)].sort(
    (a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level),
  );
  return {
    name: placeOf(workload),
    effect: about[0]?.effect ?? 'nothing',
    ...numbers,
    risk: found[0]?.level ?? 'none',
    risks: found.map(({ text }) => text),
  };
}

/** Changes of the workload itself, and of what bears its name, as its autoscaler and its settings do. */
function changesAbout(workload: Fields, changes: readonly ObjectChange[]): ObjectChange[] {
  const [name, namespace] = [textAt(workload, 'metadata', 'name'), textAt(workload, 'metadata', 'namespace')];
  return changes.filter(({ identity }) => {
    if (identity.namespace !== namespace || identity.name !== name) return false;
    const isWorkload = identity.kind === 'Deployment' || identity.kind === 'StatefulSet';
    return !isWorkload || identity.kind === workload.kind;
  });
}

function sideOf(
  workload: Fields | undefined,
  documents: readonly Fields[],
  judging: Judging,
): Side | undefined {
  if (workload === undefined) return undefined;
  const size = sizeOf(workload, documents);
  return { size, totals: totalsOf(workload, size, documents, judging) };
}

function totalsOf(
  workload: Fields,
  size: WorkloadSize,
  documents: readonly Fields[],
  { load, profiles }: Judging,
): SimulationTotals | undefined {
  const name = textAt(workload, 'metadata', 'name') ?? '';
  const profile = profiles[name];
  if (load === undefined || profile === undefined || !size.isScaled || isService(documents, workload))
    return undefined;
  const { workers } = simulate(documents, load, {
    workers: [name],
    profiles: { [name]: { ...profile, ...throughputOf(size, profile) } },
  });
  return workers[0]?.totals;
}

/** What binds: slots, or the CPU of a pod. */
function throughputOf({ slots, mostCpuCores }: WorkloadSize, { meanSeconds, cpuSeconds }: WorkerProfile) {
  if (slots === undefined || meanSeconds === undefined) return {};
  const bySlots = slots / meanSeconds;
  const byCpu = cpuSeconds === undefined || mostCpuCores === 0 ? bySlots : mostCpuCores / cpuSeconds;
  return { throughputPerPod: Math.min(bySlots, byCpu) };
}

const LEVELS: readonly RiskLevel[] = ['none', 'low', 'medium', 'high'];

interface Risk {
  readonly level: RiskLevel;
  readonly text: string;
}

const EFFECT_RISKS: Readonly<Record<Effect, RiskLevel>> = {
  replace: 'high',
  restart: 'low',
  resize: 'none',
  nothing: 'none',
};

/** A wait that grows by less is taken for the same. */
const NOTICEABLE = 1.1;

function risksOf(
  about: readonly ObjectChange[],
  {
    peakConcurrency,
    waitP99Seconds,
    lateTasks,
  }: Pick<WorkloadChange, 'peakConcurrency' | 'waitP99Seconds' | 'lateTasks'>,
): Risk[] {
  const risks: Risk[] = about.flatMap(({ effect, identity, change, why }): Risk[] => {
    const level = change === 'added' && effect === 'replace' ? 'low' : EFFECT_RISKS[effect];
    const isOwn = identity.kind === 'Deployment' || identity.kind === 'StatefulSet';
    return level === 'none' || !isOwn ? [] : [{ level, text: why[0] ?? '' }];
  });
  if (isMore(peakConcurrency)) {
    const text = `downstream has to take up to ${formatNumber(peakConcurrency.is ?? 0)} at once`;
    risks.push({ level: 'medium', text });
  }
  if (isMore(lateTasks)) {
    risks.push({
      level: 'high',
      text: `${formatQuantity(lateTasks.is ?? 0, 'tasks')} are late along the load`,
    });
  }
  if (isMore(waitP99Seconds, NOTICEABLE))
    risks.push({ level: 'medium', text: 'tasks wait longer along the load' });
  return risks;
}

function isMore({ was, is }: Change, factor = 1): boolean {
  return was !== undefined && is !== undefined && is > was * factor && is > was;
}

/** What may go wrong because something has become less. */
function sizeRisks(was: WorkloadSize | undefined, is: WorkloadSize | undefined): Risk[] {
  if (was === undefined || is === undefined) return [];
  const less = (of: (size: WorkloadSize) => number | undefined) => isMore({ was: of(is), is: of(was) });
  return [
    ...(was.isScaled && !is.isScaled ? [{ level: 'high', text: 'nothing scales it any more' } as const] : []),
    ...(less(({ max }) => max) ? [{ level: 'medium', text: 'fewer pods at a peak' } as const] : []),
    ...(less(({ min }) => min) ? [{ level: 'low', text: 'fewer pods at rest' } as const] : []),
    ...(less(({ graceSeconds }) => graceSeconds)
      ? [{ level: 'medium', text: 'less time to drain' } as const]
      : []),
    ...(less(({ memoryBytes }) => memoryBytes) ? [{ level: 'medium', text: 'less memory' } as const] : []),
    ...(less(({ mostCpuCores }) => mostCpuCores) ? [{ level: 'low', text: 'less CPU' } as const] : []),
  ];
}

function placeOf(workload: Fields): string {
  const namespace = textAt(workload, 'metadata', 'namespace');
  const name = textAt(workload, 'metadata', 'name') ?? '';
  return namespace === undefined ? name : `${namespace}/${name}`;
}
