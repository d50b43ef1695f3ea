import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 100;
const LAST_LINES = 15;

/** A step that failed, in one line, with the file that says more. */
export class StepError extends Error {
  constructor(
    message: string,
    /** Where more is to be read. */
    readonly log?: string,
  ) {
    super(log === undefined ? message : `${message}. Its log: ${log}`);
  }

  /** The last lines of its log; empty when there is none. */
  lastLines(): string {
    if (this.log === undefined || !existsSync(this.log)) return '';
    return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }
}

/** What to wait for. */
export interface Wait {
  /** What has not happened when it fails, such as `etcd did not answer`. */
  readonly otherwise: string;
  readonly seconds: number;
  /** The log to name when it fails. */
  readonly log?: string | undefined;
  /**
   * Whether waiting has become pointless, such as when the process has ended.
   * @default it waits to the end
   */
  readonly isOver?: () => boolean;
}

/**
 * Waits until a check gives something other than false or undefined; it may reject as long as it is not so.
 *
 * @throws StepError after so many seconds, or when waiting has become pointless
 */
export async function until<T>(
  check: () => Promise<T> | T,
  wait: Wait,
): Promise<Exclude<T, false | undefined>> {
  const deadline = Date.now() + wait.seconds * 1000;
  for (;;) {
    const isOver = wait.isOver?.() ?? false;
    const value = await attempt(check);
    if (value !== undefined && value !== false) return value as Exclude<T, false | undefined>;
    if (isOver || Date.now() > deadline) {
      const why = isOver ? 'its process ended' : `${wait.seconds} s`;
      throw new StepError(`${wait.otherwise} (${why})`, wait.log);
    }
    await pause(PAUSE_MS);
  }
}

async function attempt<T>(check: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await check();
  } catch {
    return undefined;
  }
}

/** Tells on stderr what happens, each line with the seconds since the start. */
export class Progress {
  private readonly start = Date.now();

  constructor(private readonly tell: (line: string) => void = console.error) {}

  /** Seconds since the start. */
  get seconds(): number {
    return (Date.now() - this.start) / 1000;
  }

  say(line: string): void {
    this.tell(`[${this.seconds.toFixed(1).padStart(5)} s] ${line}`);
  }
}
