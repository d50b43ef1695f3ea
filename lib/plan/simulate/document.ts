/** A manifest as plain data. */
export type Document = Readonly<Record<string, unknown>>;

/** What lies at a path of keys and indexes; `undefined` where there is nothing. */
export function at(of: unknown, ...path: readonly (string | number)[]): unknown {
  let found: unknown = of;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

/** The text at a path. */
export function textAt(of: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(of, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The number at a path. */
export function numberAt(of: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(of, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** The list at a path; empty where there is none. */
export function listAt(of: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(of, ...path);
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
