import { addMismatch } from './scalars';
import { type Check, isObject, type Walk } from './walk';

/** Checks the elements of a list. What is no list is left to others. */
export function listCheck(element: Check): Check {
  return (value, walk) => {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index++) walk.step(index, value[index], element);
  };
}

/** Refuses everything but lists. */
export const mustBeList: Check = (value, walk) => {
  if (!Array.isArray(value)) addMismatch(walk, value, 'a list');
};

/**
 * Refuses elements that have the same values of some keys.
 *
 * @param keys names, each maybe with `=` and what an absent one stands for
 */
export function distinctByKeys(keys: readonly string[]): Check {
  const parts = keys.map((key) => {
    const [name = '', fallback] = key.split('=');
    return { name, fallback };
  });
  const names = parts.map(({ name }) => name).join(' and ');
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    return distinct(names, (element) =>
      isObject(element) ? (element[only.name] ?? only.fallback) : undefined,
    );
  }
  return distinct(names, (element) => {
    if (!isObject(element)) return undefined;
    const values = parts.map(({ name, fallback }) => element[name] ?? fallback);
    return values.every((value) => value === undefined) ? undefined : JSON.stringify(values);
  });
}

/** Refuses elements that are the same. */
export const distinctElements: Check = distinct('', (element) => JSON.stringify(element));

/** @param identify what has to differ; `undefined` for elements that have no such thing */
function distinct(names: string, identify: (element: unknown) => unknown): Check {
  return (value, walk) => {
    if (!Array.isArray(value) || value.length < 2) return;
    const first = new Map<unknown, number>();
    for (let index = 0; index < value.length; index++) {
      const identity = identify(value[index]);
      if (identity === undefined) continue;
      const other = first.get(identity);
      if (other === undefined) first.set(identity, index);
      else addDuplicate(walk, index, other, names, value[index]);
    }
  };
}

function addDuplicate(walk: Walk, index: number, other: number, names: string, element: unknown): void {
  const [name = ''] = names.split(' ');
  const shown = names === '' || !isObject(element) ? element : element[name];
  walk.add(
    'duplicate',
    {
      wanted:
        names === ''
          ? 'must differ from the other elements'
          : `must differ from the other elements by ${names}`,
      got: `${walk.show(shown)}, as element ${other} has`,
      fix: 'Take one of them out, or change it.',
    },
    index,
  );
}
