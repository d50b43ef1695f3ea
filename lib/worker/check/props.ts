import type { WorkerContract } from '../../contract/zz_worker.gen';
import type { Problem } from '../../plan/problem';
import type { WorkerPlan } from '../../plan/worker-plan';
import { NAME_MAX, NAME_PATTERN } from '../../workload/names';
import type { WorkerProps } from '../props';
import { checkConfiguration } from './configuration';
import { checkEnvironment } from './environment';
import { checkMounts } from './mounts';
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
    ...checkName(name),
    ...checkSource(props, plan),
    ...checkRetry(props),
    ...checkConfiguration(props, contract),
    ...checkEnvironment(props, environment),
    ...checkMounts(props),
  ];
}

function checkName(name: string): Problem[] {
  if (NAME_PATTERN.test(name) && name.length <= NAME_MAX) return [];
  return [
    {
      prop: 'id',
      wanted: `must be a name of at most ${NAME_MAX} lower-case letters, digits and dashes that begins with a letter`,
      got: JSON.stringify(name),
      fix: "Rename the construct: its id is the name of the worker's objects.",
    },
  ];
}
