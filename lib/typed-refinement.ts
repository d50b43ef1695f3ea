import type { JsonValue } from './json-value';
import { fill, type Refinement, remove, set } from './refine';

/** The type of what stands at a JSON pointer in a document; `never` when there is no such field. */
export type FieldAt<Document, Pointer extends string> = Pointer extends `/${infer Key}/${infer Rest}`
  ? FieldAt<FieldOf<Document, Key>, `/${Rest}`>
  : Pointer extends `/${infer Key}`
    ? FieldOf<Document, Key>
    : never;

/** The type of a field of an object, or of the elements of a list. */
type FieldOf<Parent, Key extends string> =
  NonNullable<Parent> extends readonly (infer Element)[]
    ? Key extends '*' | `${number}`
      ? Element
      : never
    : Key extends keyof NonNullable<Parent>
      ? NonNullable<NonNullable<Parent>[Key]>
      : never;

/** A pointer, or the reason why it is none. */
type Existing<Document, Pointer extends string> = [FieldAt<Document, Pointer>] extends [never]
  ? 'there is no such field'
  : Pointer;

/** {@link set}, {@link fill} and {@link remove} for documents of one kind. */
export interface TypedRefinements<Document> {
  /** As {@link set}; the field has to exist, and the value has to be of its type. */
  set<const Pointer extends string>(
    pointer: Existing<Document, Pointer>,
    value: FieldAt<Document, Pointer>,
  ): Refinement;
  /** As {@link fill}; the field has to exist, and the value has to be of its type. */
  fill<const Pointer extends string>(
    pointer: Existing<Document, Pointer>,
    value: FieldAt<Document, Pointer>,
  ): Refinement;
  /** As {@link remove}; the field has to exist. */
  remove<const Pointer extends string>(pointer: Existing<Document, Pointer>): Refinement;
}

/**
 * Refinements that the compiler checks: pointers that lead nowhere and values of the wrong type are errors. The types
 * are those of the newest Kubernetes; what older clusters lack is found by the synth.
 *
 * ```ts
 * import type { AppsV1 } from 'capstan/kubernetes';
 *
 * const { set } = refinementsOf<AppsV1.Deployment>();
 * refine(worker.deployment, set('/spec/template/spec/enableServiceLinks', false));
 * ```
 */
export function refinementsOf<Document>(): TypedRefinements<Document> {
  return UNTYPED as TypedRefinements<Document>;
}

const UNTYPED = {
  set: (pointer: string, value: JsonValue) => set(pointer, value),
  fill: (pointer: string, value: JsonValue) => fill(pointer, value),
  remove: (pointer: string) => remove(pointer),
};
