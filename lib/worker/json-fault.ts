import { memberText, valueText } from '../workload/value-text';

/** Deeper values come from a mistake, and end in a stack overflow. */
const NESTING_MAX = 1000;

/** A place in a value that JSON has no words for. */
export interface JsonFault {
  /** The place as a program writes it: `source.seeds[1].limit`. */
  readonly place: string;
  /** What stands there. */
  readonly got: string;
}

/**
 * The first place of a value that JSON cannot carry, or would turn into something else: `undefined` in a list,
 * functions, symbols, bigint, NaN, infinities, circles, and objects of a class. A property that is `undefined`
 * counts as left out.
 *
 * @param place what the value itself is called
 * @returns `undefined` for a JSON value
 */
export function jsonFault(value: unknown, place: string): JsonFault | undefined {
  return faultIn(value, place, []);
}

function faultIn(value: unknown, place: string, around: readonly object[]): JsonFault | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    return undefined;
  }
  if (typeof value !== 'object' || !isPlain(value)) return { place, got: valueText(value) };
  if (around.includes(value)) return { place, got: 'an object that holds itself' };
  if (around.length >= NESTING_MAX) return { place, got: `more than ${NESTING_MAX} levels` };
  const inside = [...around, value];
  for (const [inner, member] of members(value, place)) {
    const fault = faultIn(inner, member, inside);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function* members(value: object, place: string): Generator<[unknown, string]> {
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) yield [inner, `${place}[${index}]`];
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) yield [inner, memberText(place, key)];
  }
}

/** Whether an object is a list or a literal, of this realm or of another one. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
