import { Chart, type Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { formatQuantity } from '../plan/format';
import type { Load } from '../plan/load/load';
import { formatProblem } from '../plan/problem';
import type { WorkerSimulation } from '../plan/simulate/outcome';
import type { SimulateSettings } from '../plan/simulate/settings';
import { simulate } from '../plan/simulate/simulate';
import type { WorkerPlan } from '../plan/worker-plan';
import { timeAxis } from '../plot/plot';
import { momentLines, simulationPlots } from '../plot/simulation-text';
import { type MatcherResult, planOf, secondsOf } from './planned';

/** What a worker has to keep along a load. */
export interface WaitObjectives {
  /** How long tasks may wait for a slot. */
  readonly wait: {
    /**
     * Half of the tasks wait no longer.
     * @default not asked for
     */
    readonly p50?: Duration;
    /**
     * 99 of 100 tasks wait no longer.
     * @default not asked for
     */
    readonly p99?: Duration;
  };
}

/** A worker in a chart. */
export type SimulatedConstruct = Construct & { readonly plan: WorkerPlan };

const PLOT = { width: 76, height: 3, colors: false };

/**
 * Passes when tasks wait no longer than allowed along a load, by `simulate` over the manifests of the worker's chart.
 *
 * @throws TypeError for what is not a worker in a chart, and without an objective
 * @throws RangeError with every problem of plan, documents, load and settings
 */
export function toMeet(
  received: SimulatedConstruct,
  { wait }: WaitObjectives,
  load: Load,
  settings: SimulateSettings = {},
): MatcherResult {
  const allowed = [
    { share: 'half of the tasks', of: 'waitP50Seconds', name: 'wait.p50', limit: wait?.p50 },
    { share: '99 of 100 tasks', of: 'waitP99Seconds', name: 'wait.p99', limit: wait?.p99 },
  ] as const;
  const asked = allowed.flatMap(({ limit, name, ...it }) =>
    limit === undefined ? [] : [{ ...it, seconds: secondsOf(name, limit) }],
  );
  if (asked.length === 0) throw new TypeError('expected wait.p50 or wait.p99, got neither');
  const simulation = simulated(received, load, settings);
  const missed = asked.filter(({ of, seconds }) => !(simulation.totals[of] <= seconds));
  const pass = missed.length === 0;
  return {
    pass,
    message: () => {
      const lines = (pass ? asked : missed).map(
        ({ share, of, seconds }) =>
          `expected ${simulation.name}${pass ? ' not' : ''} to let ${share} wait ${formatQuantity(seconds, 'seconds')} or ` +
          `less along ${load.name}, but they wait ${waitOf(simulation.totals[of])}`,
      );
      return [...lines, ...explained(simulation, load).map((line) => `  ${line}`.trimEnd())].join('\n');
    },
  };
}

function simulated(received: SimulatedConstruct, load: Load, settings: SimulateSettings): WorkerSimulation {
  if (!Construct.isConstruct(received)) {
    throw new TypeError(`expected a worker in a chart, got ${received === null ? 'null' : typeof received}`);
  }
  const plan = planOf(received);
  const documents: readonly unknown[] = Chart.of(received).toJson();
  const { name } = plan;
  const { workers, problems } = simulate(documents, load, {
    ...settings,
    workers: [name],
    plans: { ...settings.plans, [name]: plan },
  });
  const [only] = workers;
  if (only === undefined) throw new RangeError(problems.map(formatProblem).join('\n'));
  return only;
}

function explained(simulation: WorkerSimulation, { durationSeconds }: Load): string[] {
  return [
    ...momentLines(simulation.moments),
    ...simulationPlots(simulation, PLOT).split('\n'),
    timeAxis(durationSeconds, PLOT),
  ];
}

function waitOf(seconds: number): string {
  return Number.isFinite(seconds) ? formatQuantity(seconds, 'seconds') : 'for ever';
}
