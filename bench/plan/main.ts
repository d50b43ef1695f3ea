import { writeFileSync } from 'node:fs';
import { describeMachine, type Machine, median, thisMachine, writeSection } from '../page';
import { CAPACITY_TASKS } from './capacity';
import { QUEUEING_TASKS } from './queueing';
import { SIMULATE_TASKS } from './simulate';
import type { PlannerTask } from './task';

const TASKS: readonly PlannerTask[] = [...QUEUEING_TASKS, ...SIMULATE_TASKS, ...CAPACITY_TASKS];
const ROUNDS = 7;

interface Measured {
  readonly name: string;
  readonly what: string;
  readonly limitSeconds: number;
  /** Wall seconds of each round, in order; the first one is cold. */
  readonly wallSeconds: readonly number[];
}

/** Measures the planner, and writes the results and their section of the page. */
export function runPlanBenchmark(): void {
  const machine = thisMachine();
  const measured = TASKS.map(measure);
  writeFileSync('bench/plan/results.json', `${JSON.stringify({ machine, measured }, undefined, 2)}\n`);
  writeSection('plan', section(machine, measured));
}

function measure({ run, ...about }: PlannerTask): Measured {
  const wallSeconds = Array.from({ length: ROUNDS }, () => {
    const start = process.hrtime.bigint();
    run();
    return Number(process.hrtime.bigint() - start) / 1e9;
  });
  console.log(`${about.name}: ${wallSeconds.map((it) => it.toFixed(4)).join(', ')} s`);
  return { ...about, wallSeconds };
}

function section(machine: Machine, measured: readonly Measured[]): string {
  const rows = measured.map(({ what, limitSeconds, wallSeconds }) => {
    const [cold, ...warm] = wallSeconds;
    return `| ${what} | ${seconds(limitSeconds)} | ${seconds(median(warm))} | ${seconds(cold ?? 0)} |`;
  });
  return `## The planner

${describeMachine(machine)} In one process of Node, in turn; median of ${ROUNDS - 1} rounds, and the first one, which is compiled on the way.

| what | promised | median | first |
| --- | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

function seconds(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`;
}
