import type { WorkerContract } from '../../contract/zz_worker.gen';
import type { Problem } from '../../plan/problem';
import type { WorkerPlan } from '../../plan/worker-plan';
import { checkMounts, type Mount, volumeMounts } from '../../workload/check/mounts';
import { checkName } from '../../workload/check/name';
import { checkVariables } from '../../workload/check/variables';
import type { WorkerProps } from '../props';
import { checkConfiguration } from './configuration';
import { checkRetry } from './retry';
import { checkSource } from './source';

/** What a worker's props are checked against besides each other. */
export interface CheckInput {
  /** Id of the worker. */
  readonly name: string;
  readonly props: WorkerProps;
  readonly plan: WorkerPlan;
  /** What the pods are configured with. */
  readonly contract: WorkerContract;
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What is wrong with a worker's props apart from its numbers, which the plan checks. */
export function checkProps({ name, props, plan, contract, environment }: CheckInput): Problem[] {
  return [
    ...checkName(name, 'worker'),
    ...checkSource(props, plan),
    ...checkRetry(props),
    ...checkConfiguration(props, contract),
    ...checkVariables({ env: props.env, environment, credentials: 'source.credentials' }),
    ...checkMounts(mountsOf(props)),
  ];
}

function mountsOf({ source, volumes }: WorkerProps): Mount[] {
  const own = source.kind === 'folder' ? [{ prop: 'source', path: source.path, volume: source.volume }] : [];
  return [...own, ...volumeMounts(volumes)];
}
