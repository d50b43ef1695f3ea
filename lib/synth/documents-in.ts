import { type Document, parseAllDocuments } from 'yaml';
import { messageOf } from '../command-error';
import type { JsonObject } from '../json-value';
import { documentsOfList, fieldsOf, textAt } from '../plan/fields';

/**
 * The objects of a text of manifests.
 *
 * @param onBroken told in one line why a document is no YAML; it is left out, unless this throws
 */
export function documentsIn(text: string, onBroken: (why: string) => void): JsonObject[] {
  // As kubectl reads YAML.
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    const fields = fieldsOf(readValue(document, onBroken));
    if (fields === undefined || textAt(fields, 'kind') === undefined || fields.kind === 'Kustomization')
      return [];
    return documentsOfList(fields).filter((it): it is JsonObject => fieldsOf(it) !== undefined);
  });
}

/** An alias of nothing is found only when the value is made. */
function readValue(document: Document, onBroken: (why: string) => void): unknown {
  let why: string;
  try {
    const [error] = document.errors;
    if (error === undefined) return document.toJS();
    why = error.message;
  } catch (error) {
    why = messageOf(error);
  }
  onBroken(why.split('\n')[0] ?? '');
  return undefined;
}
