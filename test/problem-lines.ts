import { type CapstanApp, SpecError } from '../lib';

/** The lines of the error that a synth of an app ends in; none when it succeeds. */
export function problemLines(app: CapstanApp): string[] {
  return linesOfError(() => app.documents());
}

/** The lines of the error that a part of a program ends in; none when it succeeds. */
export function linesOfError(part: () => unknown): string[] {
  try {
    part();
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
  return [];
}
