import type { IConstruct } from 'constructs';
import { formatProblem } from './plan/problem';

/** Rules that a program may set aside, with a reason: docs/rules.md says what each of them refuses. */
export type AcknowledgedRule =
  | 'autoscaled-replicas'
  | 'immutable-field'
  | 'limit-range'
  | 'plan-contradiction'
  | 'pod-security'
  | 'quota'
  | 'rbac-escalation'
  | 'rbac-secrets'
  | 'rbac-wildcard'
  | 'renamed-object'
  | 'replicas-handover'
  | 'rival-autoscalers'
  | 'secret-like-setting'
  | 'secret-value'
  | 'volume-sharing';

/** A rule that a program sets aside. */
export interface Acknowledgement {
  readonly construct: IConstruct;
  readonly rule: AcknowledgedRule;
  readonly reason: string;
}

const known = new WeakMap<IConstruct, Map<AcknowledgedRule, Acknowledgement>>();
const ofPrograms = new WeakMap<IConstruct, Acknowledgement[]>();
const used = new WeakSet<Acknowledgement>();

/**
 * Sets a rule aside for a construct and everything below it. What the rule finds there is no problem any more; the
 * reason stands in the program, where a review sees it. Synth says so when the rule finds nothing there any more.
 *
 * ```ts
 * acknowledge(web, 'volume-sharing', 'All pods run on the node with the disk.');
 * ```
 *
 * @param reason one sentence, why it is right here
 */
export function acknowledge(construct: IConstruct, rule: AcknowledgedRule, reason: string): void {
  const { root } = construct.node;
  const acknowledgement = { construct, rule, reason };
  known.set(construct, (known.get(construct) ?? new Map()).set(rule, acknowledgement));
  ofPrograms.set(root, [...(ofPrograms.get(root) ?? []), acknowledgement]);
  if (reason.trim() !== '') return;
  const problem = {
    prop: `acknowledge(${rule})`,
    wanted: 'must come with a reason',
    got: JSON.stringify(reason),
    fix: 'Say in one sentence why it is right here.',
  };
  construct.node.addValidation({ validate: () => [formatProblem(problem)] });
}

/**
 * Whether a rule is set aside for a construct, by itself or by a construct around it. To be asked only about what the
 * rule has found: the acknowledgement counts as used from then on.
 */
export function isAcknowledged(construct: IConstruct, rule: AcknowledgedRule): boolean {
  const found = construct.node.scopes.flatMap((scope) => known.get(scope)?.get(rule) ?? []);
  for (const acknowledgement of found) used.add(acknowledgement);
  return found.length > 0;
}

/**
 * What is set aside below a root and was not found, in the order in which it was said. The same rule with the same
 * reason in several places is one acknowledgement: environments share code, and it may be right in some of them only.
 */
export function unusedAcknowledgements(root: IConstruct): Acknowledgement[] {
  const all = ofPrograms.get(root) ?? [];
  const keyOf = ({ rule, reason }: Acknowledgement) => `${rule} ${reason}`;
  const done = new Set(all.filter((it) => used.has(it)).map(keyOf));
  return all.filter((it) => {
    const isFirst = !done.has(keyOf(it));
    done.add(keyOf(it));
    return isFirst;
  });
}
