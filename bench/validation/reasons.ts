import { formatQuantity } from '../../lib/plan';
import { meanInterval } from '../../lib/plan/measure/interval';
import { median } from '../page';
import { TOLERANCE } from './cases';
import { type Costs, cpuOf, momentsOf, shares } from './costs';
import { cpuPairs } from './machine';
import { ascending, mean, type Numbers, quantile } from './numbers';
import type { Comparison } from './results';
import { list, range, seconds } from './seconds';

/** Why a number of a case is off, with the figures that say so. */
export function reasonOf(key: keyof Numbers, comparison: Comparison, costs: Costs): string {
  return REASONS[key](comparison, costs);
}

const REASONS: Readonly<Record<keyof Numbers, (comparison: Comparison, costs: Costs) => string>> = {
  throughput: ({ of, runs, values, predicted }, costs) => {
    const pairs = cpuPairs(runs, costs);
    const tasks = (value: number) => `${value.toPrecision(3)} tasks/s`;
    return `${byOwnCpu(predicted.ownCpu.throughput, values, tasks)}: a task took ${list(pairs.map((it) => it.own))} of CPU in the runs, where the references around them say ${list(pairs.map((it) => it.expected))}; the pool used ${range(
      runs.map(({ full }) => full.cpuSeconds / full.wallSeconds / of.cores),
      (share) => share.toFixed(2),
    )} of its cores`;
  },
  memory: ({ values }, { fit }) =>
    `the peaks are ${range(values, bytes)}; the line that predicts them is ${bytes(fit.baseBytes.value)} and ${bytes(fit.perTaskBytes.value)} for each slot (${bytes(fit.perTaskBytes.low)} to ${bytes(fit.perTaskBytes.high)}), and how far the garbage collector lets the heap grow is a matter of when it runs`,
  waitP99: ({ of, runs, values, predicted }, costs) => {
    const expected = runs.map(
      (run) => shares(momentsOf(costs, run.cpuNow).loaded, of.slots, costs.pushedCpu !== undefined).cpu,
    );
    const own = runs.map((run) => cpuOf(costs, run.loaded));
    return `${byOwnCpu(predicted.ownCpu.waitP99, values, seconds)}: a task took ${list(own)} of CPU in the runs, where the references say ${list(expected)}. The runs had ${runs.map(({ loaded }) => loaded.tasks).join(', ')} tasks, so that the percentile is one of the few longest waits: ${list(predicted.waits)} were played, and ${list(values)} measured`;
  },
  start: ({ runs }, { startSeconds, startCpuSeconds }) => {
    const all = runs.flatMap(({ starts }) => starts);
    const { value, low, high } = meanInterval(all);
    return `${list(ascending(all))} were measured, in steps of 10 ms, the kernel's clock of processes: ${seconds(low)} to ${seconds(high)} around ${seconds(value)} is the interval of 95 %. A start that is not stopped takes ${seconds(startSeconds)}, of which ${seconds(startCpuSeconds)} are CPU, so that a slow moment of the machine makes all of it longer; no reference runs beside a start`;
  },
  drain: ({ runs, predicted }) => {
    const drains = runs.flatMap((run) => run.drains);
    const all = drains.map((it) => it.seconds);
    const notice = mean(drains.map((it) => it.noticeSeconds));
    const { value, low, high } = meanInterval(all);
    const { theory, simulation } = predicted;
    const chance = [theory.drain, simulation.drain].some((it) => it >= low && it <= high);
    return `${chance ? 'chance, as a prediction lies in' : 'more than chance, as no prediction lies in'} the interval of 95 % of all ${all.length} drains, ${seconds(low)} to ${seconds(high)} around ${seconds(value)}; half of them are between ${seconds(quantile(all, 0.25))} and ${seconds(quantile(all, 0.75))}. The signal was noticed after ${seconds(notice)} (${seconds(predicted.notice)} expected), and the rest took ${seconds(value - notice)} (${seconds(theory.drain - predicted.notice)} expected by theory)`;
  },
};

/** What the simulation says with the CPU that the tasks took in these runs: whether that is the cause. */
function byOwnCpu(replayed: number, values: readonly number[], show: (value: number) => string): string {
  const middle = median(values);
  return Math.abs(replayed - middle) <= TOLERANCE * Math.max(replayed, middle)
    ? `the CPU of the tasks is the cause, and with it the simulation says ${show(replayed)}`
    : `the CPU of the tasks is not all of the cause, as the simulation says ${show(replayed)} with it`;
}

function bytes(value: number): string {
  return formatQuantity(value, 'bytes');
}
