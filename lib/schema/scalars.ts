import { isQuantity } from './quantity';
import type { Check, Walk } from './walk';

/** A kind of scalar: what it takes, and how to say so. */
interface Scalar {
  readonly takes: (value: unknown) => boolean;
  /** A noun with its article. */
  readonly noun: string;
  readonly fix?: string;
}

const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
const BYTES = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const isString = (value: unknown) => typeof value === 'string';
const isInteger = (value: unknown) => Number.isInteger(value);

const SCALARS: { readonly [name: string]: Scalar } = {
  string: { takes: isString, noun: 'a string' },
  boolean: { takes: (value) => typeof value === 'boolean', noun: 'true or false' },
  number: { takes: Number.isFinite, noun: 'a number' },
  integer: { takes: isInteger, noun: 'a whole number' },
  int32: {
    takes: (value) => isInteger(value) && Math.abs(Number(value) + 0.5) < 2 ** 31,
    noun: 'a whole number of 32 bits',
  },
  int64: {
    takes: (value) => isInteger(value) && Math.abs(Number(value)) <= 2 ** 63,
    noun: 'a whole number of 64 bits',
  },
  quantity: {
    takes: isQuantity,
    noun: 'a quantity',
    fix: 'Write one such as 500m, 2, 512Mi or 1.5Gi.',
  },
  'int-or-string': {
    takes: (value) => isString(value) || isInteger(value),
    noun: 'a whole number or a string',
  },
  'int-or-quantity': {
    takes: (value) => (isString(value) || isInteger(value)) && isQuantity(value),
    noun: 'a quantity',
    fix: 'Write one such as 500m, 2, 512Mi or 1.5Gi.',
  },
  time: {
    takes: (value) => isString(value) && TIME.test(String(value)) && !Number.isNaN(Date.parse(String(value))),
    noun: 'a time',
    fix: 'Write one such as 2026-01-31T12:00:00Z.',
  },
  bytes: {
    takes: (value) => isString(value) && BYTES.test(String(value).replace(/[\r\n]/g, '')),
    noun: 'text in base64',
    fix: 'Encode it.',
  },
  any: { takes: () => true, noun: 'anything' },
};

/**
 * The check of a kind of scalar.
 *
 * @throws Error when there is no such kind
 */
export function scalarCheck(name: string): Check {
  const scalar = SCALARS[name];
  if (scalar === undefined) throw new Error(`${name} is no scalar of the tables`);
  const { takes } = scalar;
  return (value, walk) => {
    if (!takes(value)) addMismatch(walk, value, scalar.noun, scalar.fix);
  };
}

/** Adds that a value is of the wrong type. */
export function addMismatch(walk: Walk, value: unknown, noun: string, fix?: string): void {
  walk.add('type', {
    wanted: `must be ${noun}`,
    got:
      typeof value === 'string' || value === null
        ? walk.show(value)
        : `${walk.show(value)}${typeWord(value)}`,
    fix: fix ?? fixFor(value, noun),
  });
}

function typeWord(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `, a ${typeof value}` : '';
}

function fixFor(value: unknown, noun: string): string {
  if (value === null) return 'Leave it out, or give a value.';
  if (noun === 'a string' && typeof value !== 'object') return 'Put it in quotes.';
  if (
    typeof value === 'string' &&
    noun.includes('number') &&
    value.trim() !== '' &&
    Number.isFinite(Number(value))
  ) {
    return 'Take away the quotes.';
  }
  if (noun === 'true or false' && (value === 'true' || value === 'false')) return 'Take away the quotes.';
  return `Make it ${noun}.`;
}
