import type { IConstruct } from 'constructs';
import { formatProblem } from './plan/problem';

/** Rules that a program may set aside, with a reason: docs/rules.md says what each of them refuses. */
export type AcknowledgedRule =
  | 'immutable-field'
  | 'limit-range'
  | 'pod-security'
  | 'quota'
  | 'rbac-escalation'
  | 'rbac-secrets'
  | 'rbac-wildcard'
  | 'renamed-object'
  | 'replicas-handover'
  | 'secret-like-setting'
  | 'secret-value'
  | 'volume-sharing';

const known = new WeakMap<IConstruct, Map<AcknowledgedRule, string>>();

/**
 * Sets a rule aside for a construct and everything below it. What the rule finds there is no problem any more; the
 * reason stands in the program, where a review sees it.
 *
 * ```ts
 * acknowledge(web, 'volume-sharing', 'All pods run on the node with the disk.');
 * ```
 *
 * @param reason one sentence, why it is right here
 */
export function acknowledge(construct: IConstruct, rule: AcknowledgedRule, reason: string): void {
  const rules = known.get(construct) ?? new Map<AcknowledgedRule, string>();
  known.set(construct, rules.set(rule, reason));
  if (reason.trim() !== '') return;
  const problem = {
    prop: `acknowledge(${rule})`,
    wanted: 'must come with a reason',
    got: JSON.stringify(reason),
    fix: 'Say in one sentence why it is right here.',
  };
  construct.node.addValidation({ validate: () => [formatProblem(problem)] });
}

/** Whether a rule is set aside for a construct, by itself or by a construct around it. */
export function isAcknowledged(construct: IConstruct, rule: AcknowledgedRule): boolean {
  return construct.node.scopes.some((scope) => known.get(scope)?.has(rule) ?? false);
}
