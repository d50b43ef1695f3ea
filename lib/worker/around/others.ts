import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Environment } from '../../environment/environment';
import { meetsRequirement } from '../../label-requirement';
import { type Fields, fieldsOf, objectsOf, within } from '../../plan/fields';
import { documentOf, type Target } from './target';

/** An object of the tree and its document. */
export interface Other {
  readonly object: ApiObject;
  readonly document: Fields;
}

const SCALERS = ['HorizontalPodAutoscaler', 'ScaledObject'];

/** Whether two constructs are deployed to the same cluster, as far as the tree tells. */
export function sameCluster(one: IConstruct, other: IConstruct): boolean {
  return Environment.find(one) === Environment.find(other);
}

/** What scales a Deployment, made by whomever. */
export function scalersOf(target: Target): Other[] {
  return othersOf(target, SCALERS).filter(({ document }) => {
    const ref = within(document, 'spec', 'scaleTargetRef');
    return within(ref, 'name') === target.name && (within(ref, 'kind') ?? 'Deployment') === 'Deployment';
  });
}

/** PodDisruptionBudgets that are about the pods of a Deployment, made by whomever. */
export function budgetsOf(target: Target): Other[] {
  const labels = within(documentOf(target.object), 'spec', 'template', 'metadata', 'labels');
  return othersOf(target, ['PodDisruptionBudget']).filter(({ document }) =>
    selects(within(document, 'spec', 'selector'), fieldsOf(labels) ?? {}),
  );
}

function othersOf({ object: target, namespace }: Target, kinds: readonly string[]): Other[] {
  return target.node.root.node
    .findAll()
    .filter(ApiObject.isApiObject)
    .filter((object) => kinds.includes(object.kind) && sameCluster(object, target))
    .map((object) => ({ object, document: documentOf(object) }))
    .filter(({ document }) => within(document, 'metadata', 'namespace') === namespace);
}

/** Whether a label selector takes labels; an empty one of a PodDisruptionBudget takes all. */
function selects(selector: unknown, labels: Fields): boolean {
  const { matchLabels, matchExpressions } = fieldsOf(selector) ?? {
    matchExpressions: [{ operator: 'None' }],
  };
  return (
    Object.entries(fieldsOf(matchLabels) ?? {}).every(([key, value]) => labels[key] === value) &&
    objectsOf(matchExpressions).every((it) => meetsRequirement(it, labels) ?? false)
  );
}
