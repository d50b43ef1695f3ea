import type { ApiObject } from 'cdk8s';
import { escapeKey } from '../json-pointer';
import type { JsonObject } from '../json-value';
import type { TreeProblem } from '../spec-error';

/** A problem for each value of a document that JSON has no words for, so that no cluster could be told of it. */
export function unwritableValueProblems(object: ApiObject, document: JsonObject): TreeProblem[] {
  return unwritableIn(document, '').map(({ pointer, got }) => ({
    path: object.node.path,
    message:
      `${object.kind} ${pointer} must be a text, a finite number, a boolean, a list or an object, got ${got}. ` +
      'Take it out, or write what it stands for.',
  }));
}

interface Unwritable {
  readonly pointer: string;
  readonly got: string;
}

function unwritableIn(value: unknown, pointer: string): Unwritable[] {
  switch (typeof value) {
    case 'function':
      return [{ pointer, got: 'a function' }];
    case 'symbol':
      return [{ pointer, got: 'a symbol' }];
    case 'bigint':
      return [{ pointer, got: `the bigint ${value}` }];
    case 'number':
      return Number.isFinite(value) ? [] : [{ pointer, got: String(value) }];
    case 'object':
      return fieldsIn(value, pointer);
    default:
      return [];
  }
}

function fieldsIn(value: object | null, pointer: string): Unwritable[] {
  const found: Unwritable[] = [];
  for (const [key, field] of Object.entries(value ?? {})) {
    if (typeof field === 'string') continue;
    const below = unwritableIn(field, `${pointer}/${escapeKey(key)}`);
    if (below.length > 0) found.push(...below);
  }
  return found;
}
