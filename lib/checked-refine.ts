import type { IConstruct } from 'constructs';
import { type Refinement, refineExactly } from './refine';

/**
 * Changes the document that an object is written as. Nothing is lost: a refinement is applied after all mappers of
 * cdk8s and cdk8s-plus, so fields that they do not know arrive, and a synth in which a refinement did not arrive, or
 * found nothing to change, fails and names it. A later refinement of the same pointer replaces the earlier one.
 *
 * It works in `CapstanApp`, in cdk8s' own `App` and in `Testing.synth`.
 *
 * @param target an `ApiObject`, or a construct that has one as its default child, such as a cdk8s-plus `Deployment`
 */
export function refine(target: IConstruct, ...changes: readonly Refinement[]): void {
  refineExactly(target, ...changes);
}
