import { type Fields, objectsOf, within } from '../../plan/fields';
import { podShare } from '../../plan/rollout/pod-share';
import type { ResourcesSpec, RolloutSpec, ShutdownSpec } from '../../plan/spec';
import { quantityValue } from '../../schema/quantity';

/** What a manifest already says of what a plan decides. */
export interface Said {
  /** Cores; with a limit alone that. */
  readonly cpuRequest: number | undefined;
  /** `'none'`: it requests CPU and, as many do on purpose, leaves the limit out. */
  readonly cpuLimit: number | 'none' | undefined;
  /** Bytes; with a limit alone that. */
  readonly memoryRequest: number | undefined;
  readonly memoryLimit: number | undefined;
  readonly graceSeconds: number | undefined;
  /** How long its preStop hook sleeps. */
  readonly preStopSeconds: number | undefined;
  /** Pods above the wanted count; 0 with the strategy Recreate. */
  readonly maxSurge: number | undefined;
  /** Pods below it. */
  readonly maxUnavailable: number | undefined;
  readonly minReadySeconds: number | undefined;
}

/**
 * Reads what a Deployment says.
 *
 * @param max most pods, which shares such as `25%` are shares of
 */
export function readManifest(document: Fields, container: string, max: number): Said {
  const pod = within(document, 'spec', 'template', 'spec');
  const its = containerOf(document, container);
  const quantity = (...names: string[]) => quantityValue(within(its, 'resources', ...names) ?? '');
  const [cpuLimit, memoryLimit] = [quantity('limits', 'cpu'), quantity('limits', 'memory')];
  // As the API server defaults it.
  const cpuRequest = quantity('requests', 'cpu') ?? cpuLimit;
  return {
    cpuRequest,
    cpuLimit: cpuLimit ?? (cpuRequest === undefined ? undefined : 'none'),
    memoryRequest: quantity('requests', 'memory') ?? memoryLimit,
    memoryLimit,
    graceSeconds: numberOf(within(pod, 'terminationGracePeriodSeconds')),
    preStopSeconds: sleepOf(within(its, 'lifecycle', 'preStop')),
    ...rollingUpdateOf(within(document, 'spec', 'strategy'), max),
    minReadySeconds: numberOf(within(document, 'spec', 'minReadySeconds')),
  };
}

/** A container of a Deployment. */
export function containerOf(document: Fields, name: string): Fields | undefined {
  return objectsOf(within(document, 'spec', 'template', 'spec', 'containers')).find((it) => it.name === name);
}

/** What the plan is given of the resources, where the program does not say it itself. */
export function resourcesSaid(said: Said, { cpu = {}, memory = {} }: ResourcesSpec): ResourcesSpec {
  return {
    cpu: withSaid({ request: said.cpuRequest, limit: said.cpuLimit }, cpu),
    memory: withSaid({ request: said.memoryRequest, limit: said.memoryLimit }, memory),
  };
}

/** The same of the shutdown budget. A sleep before SIGTERM comes on top of the program's own lame duck. */
export function shutdownSaid(said: Said, given: ShutdownSpec): ShutdownSpec {
  const { preStopSeconds, graceSeconds } = said;
  const lameDuckSeconds =
    preStopSeconds === undefined ? undefined : preStopSeconds + (given.lameDuckSeconds ?? 0);
  return {
    ...withSaid<ShutdownSpec>({ graceSeconds }, given),
    ...(lameDuckSeconds !== undefined && { lameDuckSeconds }),
  };
}

/** The same of the rolling update. */
export function rolloutSaid(
  { maxSurge, maxUnavailable, minReadySeconds }: Said,
  given: RolloutSpec,
): RolloutSpec {
  return withSaid<RolloutSpec>({ maxSurge, maxUnavailable, minReadySeconds }, given);
}

/** What is given, and what is said where nothing is given. */
function withSaid<T extends object>(said: { readonly [K in keyof T]: T[K] | undefined }, given: T): T {
  const known = Object.entries(said).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(known) as T), ...given };
}

/** A sleep of the kubelet, or of a program of the image. */
function sleepOf(hook: unknown): number | undefined {
  const seconds = numberOf(within(hook, 'sleep', 'seconds'));
  const command = within(hook, 'exec', 'command');
  if (seconds !== undefined || !Array.isArray(command)) return seconds;
  const text = command.join(' ');
  const slept = /(?:^|\s)(?:\/\S+\/)?sleep\s+(\d+(?:\.\d+)?)s?\s*$/.exec(text)?.[1];
  return slept === undefined ? undefined : Number(slept);
}

/** Both of nothing is Recreate to the plan, so a rolling update that says it is left to be planned, and then refused. */
function rollingUpdateOf(strategy: unknown, max: number): Pick<Said, 'maxSurge' | 'maxUnavailable'> {
  if (within(strategy, 'type') === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const share = (field: string, round: (it: number) => number) =>
    podShare(within(strategy, 'rollingUpdate', field), max, round);
  const maxSurge = share('maxSurge', Math.ceil);
  const maxUnavailable = share('maxUnavailable', Math.floor);
  const moves = maxSurge !== 0 || (maxUnavailable ?? 0) > 0;
  return { maxSurge: moves ? maxSurge : undefined, maxUnavailable };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
