import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Fields } from './plan/fields';
import type { Problem } from './plan/problem';

/** What of a final document contradicts the plan that it was made from. */
type PlanCheck = (document: Fields) => readonly Problem[];

const checks = new WeakMap<ApiObject, PlanCheck>();

/** Has the final document of an object compared with its plan, whatever refines it. */
export function comparePlan(target: IConstruct, check: PlanCheck): void {
  checks.set(ApiObject.of(target), check);
}

/** What of the final document of an object contradicts its plan; nothing where it has none. */
export function planContradictions(object: ApiObject, document: Fields): readonly Problem[] {
  return checks.get(object)?.(document) ?? [];
}
