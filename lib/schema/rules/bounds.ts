import { checkRange, type TypeRule } from './rule';

/** Numbers with a least value, and maybe a greatest. */
export function ranges(bounds: {
  readonly [name: string]: number | readonly [least: number, most: number];
}): TypeRule {
  const entries = Object.entries(bounds).map(([name, bound]) => ({ name, bound: [bound].flat() }));
  return (fields, walk) => {
    for (const { name, bound } of entries) checkRange(walk, fields, name, bound[0] ?? 0, bound[1]);
  };
}
