import type { Versions } from './shape';

/** A shape's text, taken apart by one step. */
export type TypeText =
  | { readonly form: 'list'; readonly keys: readonly string[]; readonly unique: boolean; readonly of: string }
  | { readonly form: 'map'; readonly of: string }
  | { readonly form: 'values'; readonly values: readonly ListedValue[] }
  | { readonly form: 'type'; readonly table: string | undefined; readonly name: string }
  | { readonly form: 'scalar'; readonly name: string };

/** A string that an enumeration takes. */
export interface ListedValue {
  readonly value: string;
  /** Versions that take it; `undefined`: all. */
  readonly in: Versions | undefined;
}

/** Takes the text of a shape apart, see `Shape`. */
export function parseTypeText(text: string): TypeText {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    const inside = text.slice(1, end);
    const of = text.slice(end + 1);
    if (inside === '=') return { form: 'list', keys: [], unique: true, of };
    return { form: 'list', keys: inside === '' ? [] : inside.split(','), unique: false, of };
  }
  if (text.startsWith('{}')) return { form: 'map', of: text.slice(2) };
  if (text.startsWith('=')) return { form: 'values', values: text.slice(1).split('|').map(listedValue) };
  const [first = '', second] = text.split(':');
  if (second !== undefined) return { form: 'type', table: first, name: second };
  return /[A-Z.]/.test(text)
    ? { form: 'type', table: undefined, name: text }
    : { form: 'scalar', name: text };
}

function listedValue(text: string): ListedValue {
  const [value = '', ranges] = text.split('@');
  return { value, in: ranges };
}
