import type { ApiObject } from 'cdk8s';
import { isAcknowledged } from '../acknowledge';
import type { JsonObject } from '../json-value';
import { formatProblem } from '../plan/problem';
import { planContradictions } from '../planned';
import type { TreeProblem } from '../spec-error';

/** A problem for each field of a document that contradicts its plan, unless that is acknowledged. */
export function contradictionProblems(object: ApiObject, document: JsonObject): TreeProblem[] {
  const problems = planContradictions(object, document);
  if (problems.length === 0 || isAcknowledged(object, 'plan-contradiction')) return [];
  return problems.map((problem) => ({ path: object.node.path, message: formatProblem(problem) }));
}
