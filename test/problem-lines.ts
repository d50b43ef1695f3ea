import { type CapstanApp, SpecError } from '../lib';

/** The lines of the error that a synth of an app ends in; none when it succeeds. */
export function problemLines(app: CapstanApp): string[] {
  try {
    app.documents();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.message.split('\n');
  }
}
