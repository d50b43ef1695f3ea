import { textAt, within } from '../fields';

/** The list below an object; empty where there is none. */
export function listAt(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const found = within(value, ...names);
  return Array.isArray(found) ? found : [];
}

/** Name and namespace of a document. */
export function nameOf(document: unknown): { readonly name: string; readonly namespace: string } {
  return {
    name: textAt(document, 'metadata', 'name') ?? '',
    namespace: textAt(document, 'metadata', 'namespace') ?? '',
  };
}

/** The documents of a kind. */
export function ofKind(documents: readonly unknown[], kind: string): readonly unknown[] {
  return documents.filter((document) => textAt(document, 'kind') === kind);
}

/** The document of a kind and name in the namespace of another one. */
export function beside(
  documents: readonly unknown[],
  other: unknown,
  kind: string,
  name: string | undefined,
): unknown {
  const { namespace } = nameOf(other);
  return ofKind(documents, kind).find((document) => {
    const it = nameOf(document);
    return it.name === name && it.namespace === namespace;
  });
}

/** How messages call a document. */
export function called(document: unknown): string {
  return `${textAt(document, 'kind') ?? 'a document'} ${nameOf(document).name || 'without a name'}`;
}
