import type { Walk } from '../walk';
import { checkForm, FORMS } from './forms';
import { addRelation, type Fields, objectAt, objectsAt, type TypeRule, textAt } from './rule';

/** An API server takes no more in all annotations of an object together. */
const ANNOTATION_BYTES = 256 * 1024;

/** Labels and annotations of an object or a pod template. */
export const objectMeta: TypeRule = (fields, walk) => {
  checkLabels(walk, objectAt(fields, 'labels'), 'labels');
  const annotations = Object.entries(objectAt(fields, 'annotations'));
  for (const [key] of annotations)
    checkForm(walk, key.toLowerCase(), FORMS.qualifiedName, 'annotations', key);
  const bytes = annotations.reduce((sum, [key, value]) => sum + lengthOf(key) + lengthOf(String(value)), 0);
  if (bytes > ANNOTATION_BYTES) {
    const wanted = `must have at most ${ANNOTATION_BYTES} bytes`;
    walk.add('value', { wanted, got: String(bytes), fix: 'Put large text into a ConfigMap.' }, 'annotations');
  }
  if (textAt(fields, 'namespace') !== '')
    checkForm(walk, textAt(fields, 'namespace'), FORMS.label, 'namespace');
};

/** A selector by labels. */
export const labelSelector: TypeRule = (fields, walk) => {
  checkLabels(walk, objectAt(fields, 'matchLabels'), 'matchLabels');
  for (const [index, requirement] of objectsAt(fields, 'matchExpressions').entries()) {
    const place = ['matchExpressions', index] as const;
    checkForm(walk, textAt(requirement, 'key'), FORMS.qualifiedName, ...place, 'key');
    checkRequirement(walk, requirement, place);
    for (const [position, value] of valuesOf(requirement).entries()) {
      checkForm(walk, value, FORMS.labelValue, ...place, 'values', position);
    }
  }
};

/** Keys and values of labels. */
export function checkLabels(walk: Walk, labels: Fields, ...place: readonly string[]): void {
  for (const key of Object.keys(labels)) {
    checkForm(walk, key, FORMS.qualifiedName, ...place, key);
    checkForm(walk, String(labels[key]), FORMS.labelValue, ...place, key);
  }
}

/** A condition on the labels of nodes, where labels may also be compared as numbers. */
export const nodeRequirement: TypeRule = (fields, walk) => {
  checkForm(walk, textAt(fields, 'key'), FORMS.qualifiedName, 'key');
  if (!['Gt', 'Lt'].includes(textAt(fields, 'operator'))) checkRequirement(walk, fields, []);
};

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

function checkRequirement(walk: Walk, requirement: Fields, place: readonly (string | number)[]): void {
  const operator = textAt(requirement, 'operator');
  const values = valuesOf(requirement);
  if (!OPERATORS.includes(operator)) {
    const fix = 'Write one of them.';
    const wanted = `must be one of ${OPERATORS.join(', ')}`;
    walk.add('value', { wanted, got: walk.show(operator), fix }, ...place, 'operator');
  } else if (operator.endsWith('In') && values.length === 0) {
    addRelation(walk, `must not be empty for ${operator}`, 'no values', 'Add one.', ...place, 'values');
  } else if (!operator.endsWith('In') && values.length > 0) {
    addRelation(walk, `must be empty for ${operator}`, walk.show(values), 'Take it out.', ...place, 'values');
  }
  for (const [index, value] of values.entries())
    checkForm(walk, value, FORMS.labelValue, ...place, 'values', index);
}

function valuesOf({ values }: Fields): readonly string[] {
  return Array.isArray(values) ? values.map(String) : [];
}

function lengthOf(text: string): number {
  return Buffer.byteLength(text);
}
