import type { Span } from '../versions';
import { isObject, type Walk } from '../walk';

/** An object whose fields have the types that its schema names. */
export type Fields = { readonly [name: string]: unknown };

/** What an API server asks of an object of some type besides its schema, which it has passed. */
export type TypeRule = (fields: Fields, walk: Walk, span: Span) => void;

/** A field that is an object; an empty one when it is absent. */
export function objectAt(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isObject(value) ? value : {};
}

/** A field that is a list of objects. */
export function objectsAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A field that is text; empty when it is absent, which is the same to an API server. */
export function textAt(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** A field that is a number. */
export function numberAt(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === 'number' ? value : undefined;
}

/** Whether a field is there. */
export function has(fields: Fields, name: string): boolean {
  return fields[name] !== undefined && fields[name] !== null;
}

/** Adds that fields do not go together. */
export function addRelation(
  walk: Walk,
  wanted: string,
  got: string,
  fix: string,
  ...below: readonly (string | number)[]
): void {
  walk.add('relation', { wanted, got, fix }, ...below);
}

/** Adds a problem unless a number is within bounds. */
export function checkRange(walk: Walk, fields: Fields, name: string, least: number, most?: number): void {
  const value = numberAt(fields, name);
  if (value === undefined || (value >= least && value <= (most ?? value))) return;
  const wanted = most === undefined ? `must be ${least} or more` : `must be from ${least} to ${most}`;
  walk.add('value', { wanted, got: String(value), fix: 'Correct it.' }, name);
}

/** Adds a problem unless text is there. */
export function checkFilled(walk: Walk, fields: Fields, name: string): void {
  if (textAt(fields, name) !== '') return;
  walk.add(
    'required',
    { wanted: 'must not be empty', got: walk.show(fields[name]), fix: 'Fill it in.' },
    name,
  );
}
