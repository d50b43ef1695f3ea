/** What a line of a worker's log says, as far as a run has to know. */
export type WorkerEvent =
  | { readonly kind: 'opened'; readonly tasks: number }
  | { readonly kind: 'ready'; readonly intake: string | undefined }
  | { readonly kind: 'settled'; readonly outcome: SettledOutcome }
  /** It was told to end, noticed at this time in seconds since 1970, and gives its tasks so long. */
  | { readonly kind: 'draining'; readonly atSeconds: number; readonly upToSeconds: number }
  | { readonly kind: 'other' };

/** How a task ended for good. */
export type SettledOutcome = 'done' | 'alreadyDone' | 'dead';

const OTHER: WorkerEvent = { kind: 'other' };

/** Reads one line of a worker's log. What is no JSON object, such as the stack of a crash, is `other`. */
export function readLogLine(line: string): WorkerEvent {
  const fields = parseObject(line);
  if (fields === undefined) return OTHER;
  switch (fields.msg) {
    case 'source opened':
      return { kind: 'opened', tasks: Number(fields.tasks ?? 0) };
    case 'ready':
      return { kind: 'ready', intake: typeof fields.intakeAddr === 'string' ? fields.intakeAddr : undefined };
    case 'task finished':
      return isSettled(fields.outcome) ? { kind: 'settled', outcome: fields.outcome } : OTHER;
    case 'draining': {
      const millis = Date.parse(String(fields.time));
      const upToSeconds = Number(fields.lameDuckSeconds ?? 0) + Number(fields.drainSeconds ?? 0);
      return Number.isNaN(millis) ? OTHER : { kind: 'draining', atSeconds: millis / 1000, upToSeconds };
    }
    default:
      return OTHER;
  }
}

/** Whether a line is one of the worker's JSON log, rather than something that went past it. */
export function isLogLine(line: string): boolean {
  return parseObject(line) !== undefined;
}

function isSettled(outcome: unknown): outcome is SettledOutcome {
  return outcome === 'done' || outcome === 'alreadyDone' || outcome === 'dead';
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
