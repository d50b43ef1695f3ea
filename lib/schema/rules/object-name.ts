import type { Identity } from '../kind';
import type { Check } from '../walk';

/** The check of an object's name. */
export function nameRule(_identity: Identity): Check {
  return () => {};
}
