import { isSame, type JsonValue } from '../json-value';
import { formatCheck } from './formats';
import { nearest } from './nearest';
import type { ShapeRules } from './shape';
import { type Check, isObject, type SchemaRule, type Walk } from './walk';

/** The checks of what a shape says of values of one type: bounds, lengths, patterns, enumerations. */
export function valueChecks(shape: ShapeRules): Check[] {
  const checks: Check[] = [];
  const bound = (
    limit: number | undefined,
    measure: Measure,
    isBeyond: Compare,
    wanted: (n: number) => string,
  ) => {
    if (limit !== undefined) checks.push(boundCheck(limit, measure, isBeyond, wanted(limit)));
  };
  bound(shape.minimum, number, isLess, (n) => `must be ${n} or more`);
  bound(shape.maximum, number, isMore, (n) => `must be ${n} or less`);
  bound(
    shape.above,
    number,
    (n, limit) => n <= limit,
    (n) => `must be above ${n}`,
  );
  bound(
    shape.below,
    number,
    (n, limit) => n >= limit,
    (n) => `must be below ${n}`,
  );
  bound(
    shape.multipleOf,
    number,
    (n, step) => !Number.isInteger(n / step),
    (n) => `must be a multiple of ${n}`,
  );
  bound(shape.minLength, letters, isLess, (n) =>
    n === 1 ? 'must not be empty' : `must have ${n} letters or more`,
  );
  bound(shape.maxLength, letters, isMore, (n) => `must have at most ${n} letters`);
  bound(
    shape.minItems,
    elements,
    isLess,
    (n) => `must have ${n} ${n === 1 ? 'element' : 'elements'} or more`,
  );
  bound(
    shape.maxItems,
    elements,
    isMore,
    (n) => `must have at most ${n} ${n === 1 ? 'element' : 'elements'}`,
  );
  bound(shape.minProperties, fields, isLess, (n) => `must have ${n} ${n === 1 ? 'field' : 'fields'} or more`);
  bound(shape.maxProperties, fields, isMore, (n) => `must have at most ${n} ${n === 1 ? 'field' : 'fields'}`);
  if (shape.pattern !== undefined) checks.push(patternCheck(shape.pattern, shape.maxLength));
  if (shape.format !== undefined) checks.push(formatCheck(shape.format));
  if (shape.enum !== undefined) checks.push(enumCheck(shape.enum));
  return checks;
}

type Measure = (value: unknown) => number | undefined;
type Compare = (measured: number, limit: number) => boolean;

const isLess: Compare = (measured, limit) => measured < limit;
const isMore: Compare = (measured, limit) => measured > limit;
const number: Measure = (value) => (typeof value === 'number' ? value : undefined);
const elements: Measure = (value) => (Array.isArray(value) ? value.length : undefined);
const fields: Measure = (value) => (isObject(value) ? Object.keys(value).length : undefined);
// Letters outside of the basic plane are two units of a JavaScript string.
const letters: Measure = (value) => (typeof value === 'string' ? [...value].length : undefined);

function boundCheck(limit: number, measure: Measure, isBeyond: Compare, wanted: string): Check {
  return (value, walk) => {
    const measured = measure(value);
    if (measured === undefined || !isBeyond(measured, limit)) return;
    const got =
      typeof value === 'number' || measured === 0 ? walk.show(value) : `${measured}: ${walk.show(value)}`;
    addValue(walk, wanted, got);
  };
}

function patternCheck(pattern: string, maxLength: number | undefined): Check {
  const expression = compilePattern(pattern);
  if (expression === undefined) return () => {};
  return (value, walk) => {
    // A value that is too long is refused as such; matching it could take long.
    if (typeof value !== 'string' || (maxLength !== undefined && value.length > 2 * maxLength)) return;
    if (!expression.test(value)) addValue(walk, `must match ${pattern}`, walk.show(value));
  };
}

/** An expression in Go's syntax; `undefined` for one that JavaScript does not know. */
export function compilePattern(pattern: string): RegExp | undefined {
  const isCaseless = pattern.includes('(?i)');
  const source = pattern
    .replaceAll('(?i)', '')
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\z', '$')
    .replaceAll('\\A', '^');
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, isCaseless ? `${flags}i` : flags);
    } catch {
      // Try it with the looser syntax.
    }
  }
  return undefined;
}

function enumCheck(values: readonly JsonValue[]): Check {
  const scalars = new Set<unknown>(values);
  return (value, walk) => {
    if (scalars.has(value) || values.some((it) => typeof it === 'object' && isSame(it, value))) return;
    addUnlisted(
      walk,
      value,
      values.map((it) => (typeof it === 'string' ? it : JSON.stringify(it))),
    );
  };
}

/** Adds that a value is not one of a list. */
export function addUnlisted(walk: Walk, value: unknown, values: readonly string[]): void {
  const like = typeof value === 'string' ? nearest(value, values) : undefined;
  const shown = values.map((it) => (it === '' ? '""' : it)).join(', ');
  addValue(
    walk,
    values.length === 1 ? `must be ${shown}` : `must be one of ${shown}`,
    walk.show(value),
    'value',
    like === undefined ? 'Write one of them.' : `Write ${like}.`,
  );
}

function addValue(
  walk: Walk,
  wanted: string,
  got: string,
  rule: SchemaRule = 'value',
  fix = 'Correct it.',
): void {
  walk.add(rule, { wanted, got, fix });
}
