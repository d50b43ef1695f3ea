import { escapeKey } from '../../json-pointer';
import { isSame } from '../../json-value';
import { fieldsOf } from '../../plan/fields';

/** A place where two values differ. */
export interface Difference {
  /** JSON pointer from the values. */
  readonly pointer: string;
  /** `undefined`: nothing is there. */
  readonly was: unknown;
  /** `undefined`: nothing is there. */
  readonly is: unknown;
}

/** The deepest places where two JSON values differ. A list whose length changes is one place. */
export function differences(was: unknown, is: unknown, pointer = ''): Difference[] {
  if (isSame(was ?? null, is ?? null)) return [];
  const keys = sharedKeys(was, is);
  if (keys === undefined) return [{ pointer, was, is }];
  return keys.flatMap((key) =>
    differences(valueAt(was, key), valueAt(is, key), `${pointer}/${escapeKey(key)}`),
  );
}

/** What to compare two values by; `undefined` when they are to be compared as wholes. */
function sharedKeys(was: unknown, is: unknown): string[] | undefined {
  if (Array.isArray(was) && Array.isArray(is)) return was.length === is.length ? Object.keys(was) : undefined;
  const [before, after] = [fieldsOf(was), fieldsOf(is)];
  if (before === undefined || after === undefined) return undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function valueAt(value: unknown, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
