import { formatQuantity } from '../../lib/plan';
import { median } from '../page';
import type { Costs } from './calibrate';
import { type Numbers, shares } from './predict';
import type { Comparison } from './report';
import { seconds } from './seconds';

/** Why a number of a case is off, with the figures that say so. */
export function reasonOf(key: keyof Numbers, comparison: Comparison, costs: Costs): string {
  return REASONS[key](comparison, costs);
}

const REASONS: Readonly<Record<keyof Numbers, (comparison: Comparison, costs: Costs) => string>> = {
  throughput: ({ of, runs }, costs) => {
    const { fit } = costs;
    const cpu = median(runs.map(({ full }) => (full.cpuSeconds - fit.startCpuSeconds) / full.tasks));
    return `a task took ${seconds(cpu)} of CPU in these runs, and ${seconds(shares(costs, of.slots).cpu)} in those that costs are from`;
  },
  memory: ({ values }, { fit }) =>
    `the peaks of the ${values.length} runs lie between ${range(values, bytes)}; the line that predicts them is ${bytes(fit.baseBytes.value)} and ${bytes(fit.perTaskBytes.value)} for each slot (${bytes(fit.perTaskBytes.low)} to ${bytes(fit.perTaskBytes.high)}), and how far the garbage collector lets the heap grow is a matter of when it runs`,
  waitP99: ({ runs, values, predicted }) =>
    `the runs had ${runs.map(({ loaded }) => loaded.tasks).join(', ')} tasks, whose waits were played as ${list(predicted.waits)} and measured as ${list(values)}; a task was ${seconds(median(runs.map(({ loaded }) => loaded.taskSeconds)))} in its slot`,
  start: ({ runs }, { startSeconds, startCpuSeconds }) =>
    `${list(runs.flatMap(({ starts }) => starts))} were measured, in steps of 10 ms; a start that is not stopped takes ${seconds(startSeconds)}, of which ${seconds(startCpuSeconds)} are CPU`,
  drain: ({ runs }) =>
    `a drain is one draw of what is left of tasks: ${list(runs.flatMap(({ drains }) => drains))} were measured`,
};

function list(values: readonly number[]): string {
  return [...values]
    .sort((a, b) => a - b)
    .map(seconds)
    .join(', ');
}

function range(values: readonly number[], show: (value: number) => string): string {
  return `${show(Math.min(...values))} and ${show(Math.max(...values))}`;
}

function bytes(value: number): string {
  return formatQuantity(value, 'bytes');
}
