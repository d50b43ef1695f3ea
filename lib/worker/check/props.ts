import type { WorkerContract } from '../../contract/zz_worker.gen';
import { formatProblem, type Problem } from '../../plan/problem';
import type { TaskSource } from '../../source';
import { checkMounts, type Mount, volumeMounts } from '../../workload/check/mounts';
import { checkName } from '../../workload/check/name';
import { checkVariables } from '../../workload/check/variables';
import { checkProtection } from '../protect/check';
import type { TaskPodProps } from '../task-pod-props';
import { checkConfiguration } from './configuration';
import { checkRetry } from './retry';
import { checkSource } from './source';

/** What a worker's props are checked against besides each other. */
export interface CheckInput {
  /** Id of the worker. */
  readonly name: string;
  /**
   * Longest name that the form of the worker bears.
   * @default what a Deployment and its Services bear
   */
  readonly nameMax?: number;
  readonly props: TaskPodProps;
  /** Where tasks come from: one source of all pods, or one for each shard. */
  readonly sources: readonly TaskSource[];
  /** What the pods are configured with. */
  readonly contracts: readonly WorkerContract[];
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What is wrong with a worker's props apart from its numbers, which the plan checks. */
export function checkProps(input: CheckInput): Problem[] {
  const { name, nameMax, props, sources, contracts, environment } = input;
  return [
    ...checkName(name, 'worker', nameMax),
    ...onceEach(sources.flatMap(checkSource)),
    ...checkRetry(props, sources),
    ...checkProtection(props, slotsOf(contracts)),
    ...checkConfiguration(props, contracts),
    ...checkVariables({ env: props.env, environment, credentials: 'source.credentials' }),
    ...checkMounts(mountsOf(props, sources[0])),
  ];
}

/** The sources of shards mostly have the same mistake. */
function onceEach(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()];
}

/** Slots of a pod, which are the same in all configurations of a worker. */
function slotsOf([contract]: readonly WorkerContract[]): number {
  return contract?.pool.slots ?? 1;
}

function mountsOf({ volumes }: TaskPodProps, source: TaskSource | undefined): Mount[] {
  const own = source?.kind === 'folder' ? [{ prop: 'source', path: source.path, volume: source.volume }] : [];
  return [...own, ...volumeMounts(volumes)];
}
