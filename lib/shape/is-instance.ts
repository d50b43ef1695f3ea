/**
 * Whether a value is an object of a class. The name decides, since a program may hold a second copy of the package that
 * the class is from; an object that has all of its members will do as well, as it does for TypeScript.
 */
export function isInstance(value: unknown, name: string, members: readonly string[]): boolean {
  if (!isObject(value)) return false;
  let prototype: unknown = Object.getPrototypeOf(value);
  while (isObject(prototype)) {
    if (prototype.constructor?.name === name) return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return members.length > 0 && members.every((member) => member in value);
}

/** Whether a value has properties. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Whether a value is an object literal, of whose properties none may be unknown. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || typeof value === 'function') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm, as of Jest's, has another Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
