import { AbstractPod, type Container } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import type { Problem } from '../plan/problem';
import { valueText } from './value-text';

/** A container of a workload, or why there is none. */
export type FoundContainer =
  | { readonly container: Container; readonly problem?: undefined }
  | { readonly container?: undefined; readonly problem: Problem };

/**
 * The pods of a workload: of a cdk8s-plus one, which they are themselves, or of a construct with one such workload below
 * it, such as a Worker. `undefined` when there are none or several.
 */
export function findPods(target: IConstruct): AbstractPod | undefined {
  if (target instanceof AbstractPod) return target;
  const [first, ...others] = target.node.findAll().filter((it) => it instanceof AbstractPod);
  return others.length === 0 ? first : undefined;
}

/**
 * A container of a workload.
 *
 * @param name the first container by default
 * @param prop what names the workload, in problems
 */
export function findContainer(target: IConstruct, name: string | undefined, prop: string): FoundContainer {
  const pods = findPods(target);
  if (pods === undefined) {
    return {
      problem: {
        prop,
        wanted: 'must be a workload of cdk8s-plus, or a construct with one below it',
        got: target.node.path,
        fix: 'Name the Deployment, StatefulSet, DaemonSet, Job or CronJob itself.',
      },
    };
  }
  const names = pods.containers.map((it) => it.name);
  const container = pods.containers.find((it) => name === undefined || it.name === name);
  if (container !== undefined) return { container };
  return {
    problem: {
      prop: `${prop}: container`,
      wanted: `must be one of ${target.node.path} (${names.length > 0 ? names.join(', ') : 'it has none'})`,
      got: valueText(name),
      fix: 'Correct the name.',
    },
  };
}
