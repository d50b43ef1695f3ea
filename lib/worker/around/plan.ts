import type { Figure } from '../../plan/figure';
import { planWorker } from '../../plan/plan-worker';
import type { Problem } from '../../plan/problem';
import type { WorkerSpec } from '../../plan/spec';
import { WorkerPlan } from '../../plan/worker-plan';
import type { WorkerAroundProps } from './props';
import type { Said } from './said';

/** Properties of a spec that are called otherwise here, or that the manifest says. */
type Names = Readonly<Record<string, string>>;

const NAMES: Names = { concurrency: 'concurrency.bound', 'source.roundTrip': 'roundTrip' };

/** What pods get that say nothing. */
const GRACE_SECONDS = 30;

/** Where each number of a manifest stands, from the Deployment, or from its container. */
export const PLACES = {
  'resources.cpu.request': 'resources.requests.cpu',
  'resources.cpu.limit': 'resources.limits.cpu',
  'resources.memory.request': 'resources.requests.memory',
  'resources.memory.limit': 'resources.limits.memory',
  'shutdown.gracePeriod': 'terminationGracePeriodSeconds',
  'shutdown.lameDuck': 'lifecycle.preStop',
  'rollout.maxSurge': 'strategy',
  'rollout.minReady': 'minReadySeconds',
} as const;

const DISK: readonly string[] = ['scratch', 'ephemeralStorageRequest', 'ephemeralStorageLimit'];
const UNKNOWN_DISK =
  'what a Worker would have; left alone, since task.scratch does not say what the program writes';

/** A plan, and what it was made from. */
interface AroundPlan {
  readonly spec: WorkerSpec;
  readonly plan: WorkerPlan;
}

/** The same plan as a Worker's; reasons and problems name what the manifest says as such. */
export function planAround(wanted: WorkerSpec, said: Said, props: WorkerAroundProps): AroundPlan {
  const { spec, planned } = withDefaultGrace(wanted);
  const names: Names = {
    ...NAMES,
    ...(spec !== wanted && {
      'shutdown.gracePeriod': "Kubernetes' default of terminationGracePeriodSeconds",
    }),
    ...namesOfSaid(said, props),
  };
  const { name, figures, downstream, problems } = planned;
  const renamedFigure = (figure: Figure): Figure => ({ ...figure, reason: renamed(figure.reason, names) });
  const plan = new WorkerPlan({
    name,
    figures: Object.fromEntries(
      Object.entries(figures).map(([key, figure]) => [
        key,
        DISK.includes(key) && spec.task.scratchBytes === undefined
          ? { ...figure, reason: UNKNOWN_DISK }
          : renamedFigure(figure),
      ]),
    ) as WorkerPlan['figures'],
    downstream: downstream.map((use) => ({ ...use, peak: renamedFigure(use.peak) })),
    problems: problems.map((problem) => renamedProblem(problem, names)),
  });
  return { spec, plan };
}

/** A program of which nobody says how long it takes to end keeps the time that it has, where that is enough. */
function withDefaultGrace(wanted: WorkerSpec): { spec: WorkerSpec; planned: WorkerPlan } {
  const planned = planWorker(wanted);
  const { shutdown } = wanted;
  const derived = planned.figures.gracePeriod.value;
  if (shutdown?.graceSeconds !== undefined || derived > GRACE_SECONDS) return { spec: wanted, planned };
  const spec = { ...wanted, shutdown: { ...shutdown, graceSeconds: GRACE_SECONDS } };
  return { spec, planned: planWorker(spec) };
}

function namesOfSaid(said: Said, { resources, shutdown, rollout }: WorkerAroundProps): Names {
  const decided: Readonly<Record<keyof typeof PLACES, boolean>> = {
    'resources.cpu.request': said.cpuRequest !== undefined && resources?.cpu?.request === undefined,
    'resources.cpu.limit': said.cpuLimit !== undefined && resources?.cpu?.limit === undefined,
    'resources.memory.request': said.memoryRequest !== undefined && resources?.memory?.request === undefined,
    'resources.memory.limit': said.memoryLimit !== undefined && resources?.memory?.limit === undefined,
    'shutdown.gracePeriod': said.graceSeconds !== undefined && shutdown?.gracePeriod === undefined,
    'shutdown.lameDuck': said.preStopSeconds !== undefined,
    'rollout.maxSurge': said.maxSurge !== undefined && rollout?.maxSurge === undefined,
    'rollout.minReady': said.minReadySeconds !== undefined && rollout?.minReady === undefined,
  };
  const places = Object.entries(PLACES) as [keyof typeof PLACES, string][];
  return Object.fromEntries(
    places.filter(([prop]) => decided[prop]).map(([prop, place]) => [prop, `${place} of the manifest`]),
  );
}

const PROPS =
  /(?<![\w.])(?:resources\.(?:cpu|memory)\.(?:request|limit)|shutdown\.(?:gracePeriod|lameDuck)|rollout\.(?:maxSurge|minReady)|source\.roundTrip|concurrency)(?![\w.]*\w)/g;

function renamed(text: string, names: Names): string {
  return text.replace(PROPS, (prop) => names[prop] ?? prop);
}

function renamedProblem({ prop, wanted, got, fix }: Problem, names: Names): Problem {
  const [newProp = prop, newWanted = wanted, newGot = got, newFix = fix] = [prop, wanted, got, fix].map(
    (text) => renamed(text, names),
  );
  return { prop: newProp, wanted: newWanted, got: newGot, fix: newFix };
}
