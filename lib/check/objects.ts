import { textAt } from '../plan/fields';
import type { CheckedDocument } from './rule';

/** Name of an object; `''` when it has none. */
export function nameOf({ document }: CheckedDocument): string {
  return textAt(document, 'metadata', 'name') ?? '';
}

/** Namespace of an object; `''` when the document names none. */
export function namespaceOf({ document }: CheckedDocument): string {
  return textAt(document, 'metadata', 'namespace') ?? '';
}

/** What tells the objects of one kind apart in a cluster. */
export function placeOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
