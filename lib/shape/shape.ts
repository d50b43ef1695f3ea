/** What a value has to be, as far as its TypeScript type says. */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'function'
  /** Anything at all. */
  | 'any'
  /** An object or a function of whatever kind. */
  | 'object'
  /** Nothing: the property has to be left out. */
  | 'none'
  /** One of some strings, numbers or booleans. */
  | { readonly is: readonly (string | number | boolean)[] }
  /** A list. */
  | { readonly list: Shape }
  /** An object with free keys. */
  | { readonly record: Shape }
  /** A shape that has a name. */
  | { readonly ref: string }
  /** An object with these properties. */
  | { readonly props: PropShapes }
  /** One of several. */
  | { readonly union: readonly Shape[] }
  /** An object of a class, or one that has its members. */
  | { readonly class: string; readonly members: readonly string[] };

/** The properties of an object. */
export type PropShapes = { readonly [name: string]: PropShape };

/** A property of an object. */
export interface PropShape {
  readonly shape: Shape;
  /** Whether it may be left out. */
  readonly optional?: true;
  /** First sentence of its doc comment. */
  readonly doc?: string;
}

/** What the public functions and constructors take, and the shapes that they share. */
export interface ShapeTable {
  /** Props of constructors, by class, and options of functions, by `Class.function`. */
  readonly calls: { readonly [name: string]: Shape };
  readonly types: { readonly [name: string]: Shape };
}
