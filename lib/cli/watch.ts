import { setTimeout as wait } from 'node:timers/promises';
import type { Output } from './output';

/** How often something is shown. */
export interface Watch {
  /** Time from one look to the next. */
  readonly seconds: number;
  /**
   * How many looks.
   * @default until the process is interrupted
   */
  readonly looks?: number;
}

const HOME_AND_CLEAR = '\u001b[H\u001b[J';
const CLEAR_SCREEN = '\u001b[2J';

/**
 * Shows something again and again: on a terminal in the same place, elsewhere one below the other.
 *
 * @param show what is shown; one text for each look
 */
export async function watch(
  show: () => Promise<string>,
  { seconds, looks }: Watch,
  output: Output,
): Promise<void> {
  const isTerminal = output.terminal !== undefined;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    if (isTerminal) output.out(CLEAR_SCREEN);
    for (let look = 1; !stop.signal.aborted; look += 1) {
      const text = await show();
      output.out(isTerminal ? `${HOME_AND_CLEAR}${text}` : text);
      if (looks !== undefined && look >= looks) return;
      await wait(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}
