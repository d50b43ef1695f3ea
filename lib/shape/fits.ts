import { isInstance, isObject, isPlain } from './is-instance';
import type { PropShapes, Shape } from './shape';
import { settled } from './table';

/** Whether a value has a shape. Says nothing about why not, so it is quick. */
export function fits(value: unknown, named: Shape): boolean {
  const shape = settled(named);
  if (typeof shape === 'string') return isScalar(value, shape);
  if ('union' in shape) return shape.union.some((it) => fits(value, it));
  if ('is' in shape) return (shape.is as readonly unknown[]).includes(value);
  if ('class' in shape) return isInstance(value, shape.class, shape.members);
  // A hole in a list is an item, too.
  if ('list' in shape) return Array.isArray(value) && Array.from(value).every((it) => fits(it, shape.list));
  if (!isRecord(value)) return false;
  if ('props' in shape) return fitsProps(value, shape.props);
  return !('record' in shape) || Object.values(value).every((it) => fits(it, shape.record));
}

/** Whether a value is of a type that needs no further look. */
export function isScalar(value: unknown, shape: Extract<Shape, string>): boolean {
  switch (shape) {
    case 'any':
      return true;
    case 'none':
      return value === undefined;
    case 'object':
      return isObject(value);
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    default:
      return typeof value === shape;
  }
}

/** Whether a value is an object that is no list and no function. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !Array.isArray(value) && typeof value !== 'function';
}

function fitsProps(value: Readonly<Record<string, unknown>>, props: PropShapes): boolean {
  for (const name in props) {
    const prop = props[name];
    const item = value[name];
    if (prop === undefined || (item === undefined && prop.optional === true)) continue;
    if (!fits(item, prop.shape)) return false;
  }
  return (
    !isPlain(value) ||
    Object.keys(value).every((name) => Object.hasOwn(props, name) || value[name] === undefined)
  );
}
