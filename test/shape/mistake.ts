/** One thing that somebody got wrong in props. */
export interface Mistake {
  readonly kind: 'replace' | 'delete' | 'rename';
  /** Which of all values, counted round and round. */
  readonly where: number;
  /** What stands there instead. */
  readonly value: unknown;
}

type Path = readonly (string | number)[];

/** Props with a mistake somewhere in them. */
export function mistaken(props: unknown, { kind, where, value }: Mistake): unknown {
  const paths = pathsOf(props);
  const path = paths[where % Math.max(1, paths.length)];
  return path === undefined ? value : changed(props, path, kind, value);
}

/** Every value in object literals and lists. */
function pathsOf(value: unknown): Path[] {
  if (!isLiteral(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    [key],
    ...pathsOf(item).map((path) => [key, ...path]),
  ]);
}

function changed(whole: unknown, [key, ...rest]: Path, kind: Mistake['kind'], value: unknown): unknown {
  const copy = (Array.isArray(whole) ? [...whole] : { ...(whole as object) }) as Record<
    string | number,
    unknown
  >;
  if (key === undefined) return value;
  const old = copy[key];
  if (rest.length > 0) copy[key] = changed(old, rest, kind, value);
  else if (kind === 'replace') copy[key] = value;
  else {
    delete copy[key];
    if (kind === 'rename') copy[`${key}s`] = old;
  }
  return copy;
}

function isLiteral(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(Object.getPrototypeOf(value) ?? {}) === null;
}
