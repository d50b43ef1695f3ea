import type { Problem } from '../plan/problem';

/** What kind of mistake a problem of a document is. */
export type SchemaRule =
  | 'kind' // no such kind, or not in all versions
  | 'field' // no such field
  | 'version' // a field or value that some versions lack
  | 'gate' // a field that some versions drop, since its feature gate is off
  | 'required' // a field is missing
  | 'type' // of the wrong type
  | 'value' // of the right type, but not one of those that are taken
  | 'duplicate' // elements of a list that have to differ
  | 'name' // a name, key or label that is not well-formed
  | 'relation'; // fields that do not go together

/** One thing that is wrong with a document. */
export interface FieldProblem extends Omit<Problem, 'prop'> {
  /** JSON pointer (RFC 6901) of the field at fault; empty for the document. */
  readonly pointer: string;
  /** What kind of mistake it is. */
  readonly rule: SchemaRule;
}

/** Checks a value; what is wrong goes into the walk. */
export type Check = (value: unknown, walk: Walk) => void;

const SHOWN = 60;

/** One walk through a document. It knows where it is and collects what is wrong. */
export class Walk {
  readonly problems: FieldProblem[] = [];
  private readonly path: (string | number)[] = [];

  /** @param isSecret whether problems must not show values */
  constructor(private readonly isSecret = false) {}

  /** Checks what stands in a field or at an index. */
  step(key: string | number, value: unknown, check: Check): void {
    this.path.push(key);
    check(value, this);
    this.path.pop();
  }

  /** Adds a problem of the place, or of one below it. */
  add(rule: SchemaRule, text: Omit<Problem, 'prop'>, ...below: readonly (string | number)[]): void {
    const pointer = [...this.path, ...below].map((key) => `/${escapeKey(key)}`).join('');
    this.problems.push({ pointer, rule, ...text });
  }

  /** A value as a problem shows it. */
  show(value: unknown): string {
    if (value === undefined) return 'nothing';
    if (value === null) return 'null';
    if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
    if (typeof value === 'object') return Object.keys(value).length === 0 ? '{}' : 'an object';
    if (this.isSecret) return `a ${typeof value} of a Secret`;
    const text = JSON.stringify(value);
    return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
  }
}

function escapeKey(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
