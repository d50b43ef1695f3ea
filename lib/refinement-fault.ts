import type { Refinement } from './refine';
import { valueText } from './workload/value-text';

const OPS: readonly unknown[] = ['set', 'fill', 'remove'];

/** A JSON pointer (RFC 6901) to something in a document. */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;

/** What is wrong with a refinement that is none, as a program without types may give it; `undefined`: nothing. */
export function faultOf(change: Refinement): string | undefined {
  const given: unknown = change;
  if (typeof given !== 'object' || given === null)
    return `refinement must be made by set, fill or remove, got ${valueText(given)}. Call one of them.`;
  const { op, pointer, value } = given as { op?: unknown; pointer?: unknown; value?: unknown };
  if (typeof pointer !== 'string' || !POINTER.test(pointer)) {
    const advice = 'Begin it with /, and write ~1 for a / in a name and ~0 for a ~.';
    return `refinement must have a JSON pointer such as /metadata/labels/app, got ${valueText(pointer)}. ${advice}`;
  }
  if (!OPS.includes(op))
    return `refinement ${pointer} must be set, fill or remove, got ${valueText(op)}. Call one of them.`;
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    return `refinement ${pointer} must have a value that JSON has words for, got a ${typeof value}. Write what it stands for.`;
  if (op === 'remove' || value !== undefined) return undefined;
  return `refinement ${pointer} must have a value, got undefined. Give one, or use remove('${pointer}').`;
}
