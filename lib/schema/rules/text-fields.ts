import { checkForm, type Form } from './forms';
import { checkFilled, type TypeRule, textAt } from './rule';

/** Fields that must be there and be more than an empty string. */
export function filled(...names: readonly string[]): TypeRule {
  return (fields, walk) => {
    for (const name of names) checkFilled(walk, fields, name);
  };
}

/** Fields whose text has a form when there is any. */
export function forms(wanted: { readonly [name: string]: Form }): TypeRule {
  const entries = Object.entries(wanted);
  return (fields, walk) => {
    for (const [name, form] of entries) {
      const text = textAt(fields, name);
      if (text !== '') checkForm(walk, text, form, name);
    }
  };
}

/** Fields whose text is one of a few when there is any: enumerations that the schemas do not list. */
export function oneOf(name: string, ...values: readonly string[]): TypeRule {
  const form: Form = {
    takes: (text) => values.includes(text),
    noun: `one of ${values.join(', ')}`,
    fix: 'Write one.',
  };
  return forms({ [name]: form });
}

/** A list that must hold something when it is there. */
export function notEmpty(...names: readonly string[]): TypeRule {
  return (fields, walk) => {
    for (const name of names) {
      const list = fields[name];
      if (Array.isArray(list) && list.length > 0) continue;
      walk.add(
        'required',
        { wanted: 'must not be empty', got: walk.show(list), fix: 'Add something.' },
        name,
      );
    }
  };
}
