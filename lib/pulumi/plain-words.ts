import { SpecError } from '../spec-error';

/** Pulumi shows an error that has this as its message alone, and any other one with a stack trace. */
const SHOWN_PLAINLY = '__pulumiRunError';

/** Does what may find mistakes of the user, so that `pulumi` shows them in plain lines. */
export function inPlainWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SpecError) Object.defineProperty(error, SHOWN_PLAINLY, { value: true });
    throw error;
  }
}
