import type { ApiObject } from 'cdk8s';
import { escapeKey } from '../json-pointer';
import type { JsonObject } from '../json-value';
import type { TreeProblem } from '../spec-error';

/** How JSON writes half of a character. */
const ESCAPED = /\\ud[89a-f]/;
const HALF = /\p{Surrogate}/u;

/**
 * A problem for each text of a document with half of a character, as cutting a text by its length leaves (a surrogate
 * that stands alone): UTF-8 cannot hold it, and kubectl refuses the file.
 */
export function halfCharacterProblems(object: ApiObject, document: JsonObject): TreeProblem[] {
  if (isWhole(document)) return [];
  return placesIn(document, '').map((pointer) => ({
    path: object.node.path,
    message:
      `${object.kind} ${pointer} must be of whole characters, got half of one (a surrogate alone). ` +
      'Cut texts between characters, and give bytes in base64.',
  }));
}

/** In no time for nearly all documents. */
function isWhole(document: JsonObject): boolean {
  try {
    return !ESCAPED.test(JSON.stringify(document));
  } catch {
    return false;
  }
}

function placesIn(value: unknown, pointer: string): string[] {
  if (typeof value === 'string') return HALF.test(value) ? [pointer] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const below = `${pointer}/${escapeKey(key).replace(/\p{Surrogate}/gu, '\ufffd')}`;
    return [...(HALF.test(key) ? [below] : []), ...placesIn(field, below)];
  });
}
