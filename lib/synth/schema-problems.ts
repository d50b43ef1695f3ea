import type { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { appSettingsOf } from '../app-settings';
import { Environment } from '../environment/environment';
import type { JsonObject } from '../json-value';
import { isAccepted } from '../schema/accept';
import { DocumentValidator } from '../schema/document';
import { formatFieldProblem } from '../schema/validate';
import type { TreeProblem } from '../spec-error';

/** By environment, or by app for charts outside of one. */
const validators = new WeakMap<IConstruct, DocumentValidator>();
const ofCharts = new WeakMap<Chart, DocumentValidator>();

/** A problem for everything in the document of an object that clusters of its environment would refuse or drop. */
export function schemaProblems(object: ApiObject, document: JsonObject): TreeProblem[] {
  const { problems } = validatorOf(object).check(document);
  return problems
    .filter(({ pointer }) => !isAccepted(object, pointer))
    .map((problem) => ({
      path: object.node.path,
      message: `${object.kind} ${formatFieldProblem(problem)}`,
    }));
}

/** Whether there is a schema of an object's kind. */
export function isKnownKind(object: ApiObject): boolean {
  return validatorOf(object).knows(object.apiVersion, object.kind);
}

/** The validator for the clusters that an object is for. */
function validatorOf({ chart }: ApiObject): DocumentValidator {
  const known = ofCharts.get(chart);
  if (known !== undefined) return known;
  const environment = Environment.find(chart);
  const place = environment ?? chart.node.root;
  const { cluster, schemas } = appSettingsOf(chart);
  const validator =
    validators.get(place) ??
    new DocumentValidator({ kubernetes: environment?.kubernetes ?? cluster, schemas });
  validators.set(place, validator);
  ofCharts.set(chart, validator);
  return validator;
}
