import { fieldsOf } from '../fields';
import type { Problem } from '../problem';

/** What a number has to be. */
export interface NumberRule {
  /** The least that is allowed. */
  readonly least: number;
  /** The most that is allowed. */
  readonly most?: number;
  /** Whether it has to be whole. */
  readonly whole?: boolean;
  /** What it is where it is left out; without it that is a problem. */
  readonly absent?: number;
}

/**
 * One value of a document that somebody else wrote, with its place in it. What is wrong is added to a list, and reading
 * goes on with a value that fits.
 */
export class Reader {
  constructor(
    private readonly value: unknown,
    private readonly path: string,
    private readonly problems: Problem[],
  ) {}

  /** Whether there is nothing here. */
  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** Whether this is a list without elements. */
  get isEmptyList(): boolean {
    return Array.isArray(this.value) && this.value.length === 0;
  }

  /** The field of an object; absent when this is none. */
  field(name: string): Reader {
    const fields = typeof this.value === 'object' && this.value !== null ? this.value : {};
    const value: unknown = Object.hasOwn(fields, name) ? Reflect.get(fields, name) : undefined;
    return new Reader(value, this.path === '' ? name : `${this.path}.${name}`, this.problems);
  }

  /** Refuses the fields of an object that are none of these, as kubectl does: what is misspelt would be passed over. */
  only(...known: readonly string[]): this {
    const others = Object.keys(fieldsOf(this.value) ?? {}).filter((name) => !known.includes(name));
    for (const name of others) {
      this.refuse(
        `must have no fields but ${known.join(', ')}`,
        'Correct the name, or remove the field.',
        name,
      );
    }
    return this;
  }

  /** Whether this is an object; a problem when not. */
  isObject(fix: string): boolean {
    if (typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)) return true;
    this.refuse('must be an object', fix);
    return false;
  }

  /** The elements of a list with at least one. */
  list(fix: string): Reader[] {
    if (!Array.isArray(this.value) || this.value.length === 0) {
      this.refuse('must be a list with at least one element', fix);
      return [];
    }
    return this.value.map((_, index) => this.element(index));
  }

  /** An element of a list, which is absent where there is none. */
  element(index: number): Reader {
    const value: unknown = Array.isArray(this.value) ? this.value[index] : undefined;
    return new Reader(value, `${this.path}[${index}]`, this.problems);
  }

  /** A list of numbers with at least one, of which the first wrong one is named. */
  series(rule: NumberRule, fix: string): number[] {
    const { value } = this;
    if (!Array.isArray(value) || value.length === 0) {
      this.refuse('must be a list of numbers with at least one', fix);
      return [rule.least];
    }
    const numbers = value.filter((it: unknown): it is number => fits(it, rule));
    if (numbers.length < value.length) {
      const wrong = value.findIndex((it: unknown) => !fits(it, rule));
      this.element(wrong).refuse(wantedBy(rule), fix);
    }
    return numbers;
  }

  /** A text that is not empty. */
  text(fix: string): string {
    if (typeof this.value === 'string' && this.value !== '') return this.value;
    this.refuse('must be a text', fix);
    return '';
  }

  /** One of some texts. */
  oneOf<T extends string>(known: readonly [T, ...T[]], fix: string, absent?: T): T {
    if (this.isAbsent && absent !== undefined) return absent;
    const found = known.find((it) => it === this.value);
    if (found === undefined) this.refuse(`must be ${known.join(', ').replace(/, (?=[^,]*$)/, ' or ')}`, fix);
    return found ?? known[0];
  }

  /** A finite number. */
  number(rule: NumberRule, fix: string): number {
    const { value } = this;
    if (this.isAbsent && rule.absent !== undefined) return rule.absent;
    if (fits(value, rule)) return value;
    this.refuse(wantedBy(rule), fix);
    return rule.absent ?? rule.least;
  }

  /** Reads with a function of its own, which gives `undefined` for what it does not take. */
  parsed<T>(read: (value: unknown) => T | undefined, wanted: string, fix: string): T | undefined {
    const found = read(this.value);
    if (found === undefined) this.refuse(wanted, fix);
    return found;
  }

  /**
   * Adds a problem of this value.
   *
   * @param got what was found, where it is not this value
   */
  refuse(wanted: string, fix: string, got = shown(this.value)): void {
    this.problems.push({ prop: this.path === '' ? 'it' : this.path, wanted, got, fix });
  }
}

function fits(value: unknown, { least, most, whole = false }: NumberRule): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value >= least && value <= (most ?? value) && (!whole || Number.isInteger(value));
}

function wantedBy({ least, most, whole = false }: NumberRule): string {
  const kind = whole ? 'a whole number' : 'a number';
  return most === undefined
    ? `must be ${kind} of ${least} or more`
    : `must be ${kind} from ${least} to ${most}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? `'${value}'` : String(value);
}
