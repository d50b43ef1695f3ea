import { type CapstanApp, SpecError } from '../lib';

/** The lines of the error that a synth of an app ends in; none when it succeeds. */
export function problemLines(app: CapstanApp): string[] {
  try {
    app.documents();
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
  return [];
}
