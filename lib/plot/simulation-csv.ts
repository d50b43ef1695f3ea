import type { SimulationStep, WorkerSimulation } from '../plan/simulate/outcome';
import { STEP_UNITS } from '../plan/simulate/outcome';

/** Steps as CSV: one line each, with the worker's name; the header has names and units. */
export function simulationsCsv(simulations: readonly WorkerSimulation[]): string {
  const keys = Object.keys(STEP_UNITS) as (keyof SimulationStep)[];
  const header = ['worker', ...keys.map((key) => `${key} (${STEP_UNITS[key]})`)].join(',');
  const rows = simulations.flatMap(({ name, steps }) =>
    steps.map((step) => [name, ...keys.map((key) => rounded(step[key]))].join(',')),
  );
  return [header, ...rows].join('\n');
}

/** Six digits after the point are beyond what is simulated. */
function rounded(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 1e6) / 1e6) : 'inf';
}
