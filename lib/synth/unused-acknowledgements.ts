import type { IConstruct } from 'constructs';
import { type AcknowledgedRule, type Acknowledgement, unusedAcknowledgements } from '../acknowledge';
import { formatTreeProblem } from '../spec-error';

/** Rules about changes: one is found until it is committed. */
const OF_CHANGES: readonly AcknowledgedRule[] = ['immutable-field', 'renamed-object', 'replicas-handover'];

/** Acknowledgements that set nothing aside, as lines for a person. */
export interface UnusedAcknowledgements {
  /** Of rules over what a program says: they are not needed. */
  readonly lasting: readonly string[];
  /** Of rules over changes: the change is committed. */
  readonly passing: readonly string[];
}

/**
 * The acknowledgements of a program that set nothing aside, after its documents have been checked.
 *
 * @param isCompared whether there were manifests to compare with; otherwise nothing is known about changes
 */
export function unusedIn(root: IConstruct, isCompared: boolean): UnusedAcknowledgements {
  const all = unusedAcknowledgements(root);
  const passing = isCompared ? all.filter(isOfChange) : [];
  const lasting = all.filter((it) => !isOfChange(it));
  return {
    lasting: lasting.map((it) => line(it, 'since nothing is found there', 'Remove it')),
    passing: passing.map((it) =>
      line(it, 'since the change is committed or was never made', 'Remove it once that is deployed'),
    ),
  };
}

function isOfChange({ rule }: Acknowledgement): boolean {
  return OF_CHANGES.includes(rule);
}

function line({ construct, rule, reason }: Acknowledgement, why: string, fix: string): string {
  const message = `acknowledge('${rule}', ${JSON.stringify(reason)}) sets nothing aside, ${why}. ${fix}.`;
  return formatTreeProblem({ path: construct.node.path, message });
}
