import { addRelation, has, type TypeRule } from './rule';

/** An object that must have exactly one of some fields. */
export function exactlyOne(...names: readonly string[]): TypeRule {
  return (fields, walk) => {
    const present = names.filter((name) => has(fields, name));
    if (present.length === 1) return;
    const wanted = `must have exactly one of ${names.join(', ')}`;
    if (present.length === 0) addRelation(walk, wanted, 'none', 'Add one.');
    else addRelation(walk, wanted, present.join(' and '), 'Keep one of them.');
  };
}

/** An object that must not have two fields besides some; without any, the API server takes a default. */
export function atMostOneBesides(...others: readonly string[]): TypeRule {
  return (fields, walk) => {
    const present = Object.keys(fields).filter((name) => !others.includes(name) && has(fields, name));
    if (present.length < 2) return;
    addRelation(walk, 'must have one source', present.join(' and '), 'Keep one of them.');
  };
}

/** An object with a field that says which one of the others is there: `Pods` for `pods`. */
export function discriminated(discriminator: string, names: readonly string[]): TypeRule {
  const fieldOf = (value: string) => `${value.charAt(0).toLowerCase()}${value.slice(1)}`;
  return (fields, walk) => {
    const chosen = fieldOf(String(fields[discriminator]));
    const present = names.filter((name) => has(fields, name));
    if (present.length === 1 && present[0] === chosen) return;
    addRelation(
      walk,
      `must have ${chosen} and nothing else beside ${discriminator} ${String(fields[discriminator])}`,
      present.join(' and ') || 'nothing',
      `Give ${chosen}, or change ${discriminator}.`,
    );
  };
}

/** All of some rules. */
export function every(...rules: readonly TypeRule[]): TypeRule {
  return (fields, walk, span) => {
    for (const rule of rules) rule(fields, walk, span);
  };
}
