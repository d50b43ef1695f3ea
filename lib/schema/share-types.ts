import type { Shape, ShapeRules } from './shape';

/** Shapes that are shorter are not worth a name. */
const WORTH_LENGTH = 60;

/** An object, and how often it stands somewhere. */
interface Shared {
  readonly field: string;
  uses: number;
  name?: string;
}

/**
 * Gives every object that stands in more than one place a name of its own, so that it is said once.
 *
 * @param types by name; a shared one is named after the field that it is first found in
 */
export function shareTypes(types: { readonly [name: string]: ShapeRules }): { [name: string]: ShapeRules } {
  const seen = new Map<string, Shared>();
  for (const shape of Object.values(types)) count(shape, seen);
  const sharing = new Sharing(seen, new Set(Object.keys(types)));
  const result = Object.entries(types).map(([name, shape]) => [name, sharing.replaceParts(shape)] as const);
  const shared = Object.entries(sharing.types).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries([...result, ...shared]);
}

/** Counts the objects below a shape; those within one that was seen already are not counted again. */
function count(shape: ShapeRules, seen: Map<string, Shared>): void {
  for (const [field, part] of partsOf(shape)) {
    const key = JSON.stringify(part);
    const known = seen.get(key);
    if (known !== undefined) {
      known.uses++;
      continue;
    }
    if (isWorthNaming(part, key)) seen.set(key, { field, uses: 1 });
    count(part, seen);
  }
}

function isWorthNaming(shape: ShapeRules, key: string): boolean {
  return key.length > WORTH_LENGTH && shape.fields !== undefined;
}

/** The objects that a shape says itself, each with the field that it is of. */
function partsOf(shape: ShapeRules, field = 'object'): [field: string, part: ShapeRules][] {
  const parts: [string, Shape | undefined][] = [
    ...Object.entries(shape.fields ?? {}),
    [field, shape.items],
    [field, shape.rest],
  ];
  return parts.flatMap(([name, part]): [string, ShapeRules][] => {
    if (typeof part !== 'object') return [];
    // A list is no object; its elements are named after the field.
    return part.fields === undefined ? partsOf(part, name) : [[name, part]];
  });
}

class Sharing {
  readonly types: { [name: string]: ShapeRules } = {};

  constructor(
    private readonly seen: ReadonlyMap<string, Shared>,
    private readonly names: Set<string>,
  ) {}

  /** A shape with names in place of the objects that are shared. */
  replaceParts(shape: ShapeRules): ShapeRules {
    const { fields, items, rest } = shape;
    const replaced = Object.entries(fields ?? {}).map(([name, part]) => [name, this.replace(part)] as const);
    return {
      ...shape,
      ...(fields === undefined ? {} : { fields: Object.fromEntries(replaced) }),
      ...(items === undefined ? {} : { items: this.replace(items) }),
      ...(rest === undefined ? {} : { rest: this.replace(rest) }),
    };
  }

  private replace(part: Shape): Shape {
    if (typeof part === 'string') return part;
    const known = this.seen.get(JSON.stringify(part));
    if (known === undefined || known.uses < 2) return this.replaceParts(part);
    // Nulls are a matter of the field, not of the type.
    const { nulls, ...type } = part;
    if (known.name === undefined) {
      known.name = this.freshName(known.field);
      this.types[known.name] = this.replaceParts(type);
    }
    return nulls === true ? { is: known.name, nulls } : known.name;
  }

  private freshName(field: string): string {
    const letters = field.replace(/\W/g, '');
    const base = `${/^[a-z]/i.test(letters) ? '' : 'T'}${letters.charAt(0).toUpperCase()}${letters.slice(1)}`;
    let name = base;
    for (let number = 2; this.names.has(name); number++) name = `${base}${number}`;
    this.names.add(name);
    return name;
  }
}
