import { placesOf, read } from '../../json-pointer';
import type { JsonObject, JsonValue } from '../../json-value';
import { fill, type Refinement, set } from '../../refine';
import { containerOf } from './said';
import type { Target } from './target';
import type { VariableWant } from './variable-wants';
import { variableOf } from './variables';
import type { Want } from './wants';

/** What a plan decides of a manifest. */
export interface Wants {
  readonly fields: readonly Want[];
  readonly variables: readonly VariableWant[];
}

/** What stands at a pointer of a document; `undefined` for nothing, or nothing but null. */
export function valueAt(document: object, pointer: string): unknown {
  const [place] = placesOf(document, pointer, false);
  return place === undefined ? undefined : (read(place) ?? undefined);
}

/** Refinements that add to a document what the plan decides and the document leaves out; what it says stays. */
export function missingIn(document: JsonObject, target: Target, { fields, variables }: Wants): Refinement[] {
  const its = containerOf(document, target.container);
  if (its === undefined) return [];
  const missing = variables.filter(
    ({ name, value }) => value !== undefined && variableOf(its, name, target) === undefined,
  );
  const env = Array.isArray(its.env) ? (its.env as readonly JsonValue[]) : [];
  const added = missing.map(({ name, value = '' }) => ({ name, value }));
  return [
    ...fields.flatMap(({ pointer, value }) =>
      value !== undefined && valueAt(document, pointer) === undefined ? filled(document, pointer, value) : [],
    ),
    ...(added.length > 0
      ? [set(`/spec/template/spec/containers/name=${target.container}/env`, [...env, ...added])]
      : []),
  ];
}

/** An empty place, such as `resources: null` of a chart, is made a place first. */
function filled(document: JsonObject, pointer: string, value: JsonValue): Refinement[] {
  const parents = pointer.split('/').slice(1, -1);
  const empty = parents
    .map((_, index) => `/${parents.slice(0, index + 1).join('/')}`)
    .find((parent) => {
      const [place] = placesOf(document, parent, false);
      return place !== undefined && read(place) === null;
    });
  if (empty === undefined) return [fill(pointer, value)];
  return [set(empty, {}), fill(pointer, value)];
}
