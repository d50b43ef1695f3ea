import { nearest } from './nearest';
import { addMismatch } from './scalars';
import { type Check, isObject, type Walk } from './walk';

/** What {@link objectCheck} needs to know. */
export interface ObjectParts {
  /** Where the table is from, as a message names it. */
  readonly source: string;
  readonly fields: ReadonlyMap<string, Check>;
  /** Fields that may be null. Others that are null are taken for absent, as an API server does. */
  readonly nullable: ReadonlySet<string>;
  readonly required: readonly RequiredField[];
  /** What is checked of other fields. */
  readonly rest: Check | 'open' | 'closed';
}

/** A field that has to be there. */
export interface RequiredField {
  readonly name: string;
  /** Who says so, when not all versions do. */
  readonly by: string | undefined;
}

/** Checks the fields of an object. What is no object is left to others. */
export function objectCheck(parts: ObjectParts): Check {
  const { fields, nullable, required, rest } = parts;
  return (value, walk) => {
    if (!isObject(value)) return;
    for (const key of Object.keys(value)) {
      const field = value[key];
      if (field === undefined) continue;
      const check = fields.get(key);
      if (check !== undefined) {
        if (field !== null) walk.step(key, field, check);
      } else if (rest === 'closed') addUnknown(walk, key, parts);
      else if (rest !== 'open') walk.step(key, field, rest);
    }
    for (const field of required) {
      const found = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
      if (found === undefined || (found === null && !nullable.has(field.name))) addMissing(walk, field);
    }
  };
}

/** Refuses everything but objects. */
export const mustBeObject: Check = (value, walk) => {
  if (!isObject(value)) addMismatch(walk, value, 'an object');
};

function addUnknown(walk: Walk, key: string, { source, fields }: ObjectParts): void {
  const like = nearest(key, fields.keys());
  const known = [...fields.keys()];
  const list = known.length > 0 && known.length <= 12 ? ` Known here: ${known.join(', ')}.` : '';
  walk.add(
    'field',
    {
      wanted: `must be a field that ${source} knows`,
      got: JSON.stringify(key),
      fix: like === undefined ? `Take it out.${list}` : `Write ${like}.`,
    },
    key,
  );
}

function addMissing(walk: Walk, { name, by }: RequiredField): void {
  walk.add('required', { wanted: `must be set${by ?? ''}`, got: 'nothing', fix: 'Add it.' }, name);
}
