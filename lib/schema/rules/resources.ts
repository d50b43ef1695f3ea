import { quantityValue } from '../quantity';
import type { Walk } from '../walk';
import { checkForm, FORMS } from './forms';
import { addRelation, type Fields, objectAt, type TypeRule } from './rule';

const NATIVE = ['cpu', 'memory', 'ephemeral-storage'];

/** What a container requests and may use. */
export const resources: TypeRule = (fields, walk) => {
  const limits = objectAt(fields, 'limits');
  const requests = objectAt(fields, 'requests');
  for (const [part, amounts] of Object.entries({ limits, requests })) {
    for (const [name, amount] of Object.entries(amounts)) checkAmount(walk, name, amount, part);
  }
  for (const [name, amount] of Object.entries(requests)) checkRequest(walk, name, amount, limits);
};

/** Amounts must not be below zero. */
function checkAmount(walk: Walk, name: string, amount: unknown, part: string): void {
  if (isNative(name)) {
    if (!NATIVE.includes(name) && !name.startsWith('hugepages-')) {
      const wanted = `must be ${NATIVE.join(', ')}, hugepages-… or a name with a domain`;
      walk.add('name', { wanted, got: JSON.stringify(name), fix: 'Correct it.' }, part, name);
    }
  } else checkForm(walk, name, FORMS.qualifiedName, part, name);
  const value = quantityValue(amount) ?? 0;
  if (value < 0) {
    walk.add(
      'value',
      { wanted: 'must be 0 or more', got: walk.show(amount), fix: 'Correct it.' },
      part,
      name,
    );
  } else if (!isNative(name) && !Number.isInteger(value)) {
    walk.add(
      'value',
      { wanted: 'must be a whole number', got: walk.show(amount), fix: 'Round it.' },
      part,
      name,
    );
  }
}

function checkRequest(walk: Walk, name: string, amount: unknown, limits: Fields): void {
  const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
  const isExact = !isNative(name) || name.startsWith('hugepages-');
  if (limit === undefined) {
    if (isExact)
      addRelation(walk, 'must have the same limit', 'none', `Add limits.${name}.`, 'requests', name);
    return;
  }
  const [asked = 0, most = 0] = [quantityValue(amount), quantityValue(limit)];
  if (asked === most || (asked < most && !isExact)) return;
  const wanted = isExact
    ? `must equal the limit, ${walk.show(limit)}`
    : `must be at most the limit, ${walk.show(limit)}`;
  addRelation(walk, wanted, walk.show(amount), 'Lower it, or raise the limit.', 'requests', name);
}

/** Resources without a domain are those of Kubernetes. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}
