import { dailyLoad, formatProblem, type Load, simulate } from '../../lib/plan';
import { autoscaler, configMap, deployment, settings } from '../../test/plan/simulate/documents';
import type { PlannerTask } from './task';

const MANY = 100;

const load = dailyLoad({ low: 20, high: 400 });

/** Documents of a worker of another name, with all that refers to it. */
function renamed(name: string): unknown[] {
  const text = JSON.stringify([configMap(), deployment, autoscaler()]);
  return JSON.parse(text.replaceAll('"develop"', JSON.stringify(name)));
}

function play(names: readonly string[]): void {
  const documents = names.flatMap(renamed);
  const profiles = Object.fromEntries(names.map((name) => [name, settings.profiles.develop]));
  const loads: Record<string, Load> = Object.fromEntries(names.map((name) => [name, load]));
  const { workers, problems } = simulate(documents, loads, { profiles });
  if (workers.length !== names.length) throw new Error(problems.map(formatProblem).join('\n'));
  // Rows are made when they are asked for.
  for (const { name, steps } of workers) if (steps.length === 0) throw new Error(`${name} has no steps`);
}

const many = Array.from({ length: MANY }, (_, n) => `worker-${n}`);

/** Workers along a day in steps of 15 s, by their manifests. */
export const SIMULATE_TASKS: readonly PlannerTask[] = [
  {
    name: 'simulate-day',
    what: 'simulate: a day of one worker, 5,760 steps of 15 s, 20 to 400 tasks/s',
    limitSeconds: 0.05,
    run: () => play(['worker']),
  },
  {
    name: 'simulate-day-100',
    what: 'simulate: the same day of 100 workers',
    limitSeconds: 3,
    run: () => play(many),
  },
];
