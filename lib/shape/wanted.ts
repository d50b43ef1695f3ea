import type { PropShapes, Shape } from './shape';
import { alternatives, settled } from './table';

/** Names of unions that say more than what they are made of. */
const KNOWN: Readonly<Record<string, string>> = {
  TaskSource: 'a source of tasks',
  TaskTarget: 'a target of tasks',
};

/** What a shape wants, with an article: `a Duration`. */
export function wanted(shape: Shape): string {
  if (typeof shape === 'object' && 'ref' in shape && KNOWN[shape.ref] !== undefined)
    return KNOWN[shape.ref] ?? '';
  const whole = settled(shape);
  if (typeof whole === 'string') return SCALARS[whole];
  if ('is' in whole) return either(whole.is.map((it) => literal(it)));
  if ('class' in whole) return `${/^[AEIO]/.test(whole.class) ? 'an' : 'a'} ${whole.class}`;
  if ('list' in whole) return 'a list';
  if ('union' in whole) return wantedOfUnion(whole.union);
  if ('record' in whole) return 'an object of values by name';
  if (!('props' in whole)) return 'a value';
  return objectWith(required(whole.props));
}

/** Objects of several kinds are one object with what all of them have. */
function wantedOfUnion(union: readonly Shape[]): string {
  const all = union.flatMap(alternatives);
  const props = all.map(settled).flatMap((it) => (typeof it === 'object' && 'props' in it ? [it.props] : []));
  const others = all.filter((it) => {
    const whole = settled(it);
    return typeof whole === 'string' || !('props' in whole);
  });
  const [first, ...rest] = props.map(required);
  const shared = (first ?? []).filter((name) => rest.every((names) => names.includes(name)));
  return either([...new Set(others.map(wanted)), ...(first === undefined ? [] : [objectWith(shared)])]);
}

function required(props: PropShapes): string[] {
  return Object.entries(props).flatMap(([name, { optional }]) => (optional === true ? [] : [name]));
}

function objectWith(names: readonly string[]): string {
  return names.length === 0 ? 'an object' : `an object with ${names.join(', ')}`;
}

const SCALARS: Readonly<Record<Extract<Shape, string>, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  function: 'a function',
  object: 'an object',
  any: 'a value',
  none: 'left out',
};

/** A text or number as it stands in a program. */
export function literal(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function either(texts: readonly string[]): string {
  if (texts.length <= 1) return texts[0] ?? 'a value';
  return `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}
