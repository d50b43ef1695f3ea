import { within } from '../fields';
import type { CheckedDocument } from './rule';

/** Name of an object; `''` when it has none. */
export function nameOf({ document }: CheckedDocument): string {
  return textAt(document, 'metadata', 'name') ?? '';
}

/** Namespace of an object; `''` when the document names none. */
export function namespaceOf({ document }: CheckedDocument): string {
  return textAt(document, 'metadata', 'namespace') ?? '';
}

/** A text below an object; `undefined` when something else stands there. */
export function textAt(value: unknown, ...names: readonly string[]): string | undefined {
  const found = within(value, ...names);
  return typeof found === 'string' ? found : undefined;
}

/** A number below an object; `undefined` when something else stands there. */
export function numberAt(value: unknown, ...names: readonly string[]): number | undefined {
  const found = within(value, ...names);
  return typeof found === 'number' ? found : undefined;
}

/** What tells the objects of one kind apart in a cluster. */
export function placeOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
