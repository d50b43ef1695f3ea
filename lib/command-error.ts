/** Exit codes of the `capstan` command, as docs/architecture.md and its help list them. */
export const EXIT = {
  /** What was asked for is done. */
  done: 0,
  /** It failed. */
  failed: 1,
  /** The user's input is wrong. */
  usage: 2,
  /** Something committed is stale. */
  stale: 3,
  /** There are differences, and `--exit-code` asked for them. */
  different: 4,
  /** The worker was killed for memory. */
  memory: 137,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something that a person has to know and can act on: shown as its message alone, without a stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    /** What the command ends with. */
    readonly exitCode: ExitCode = EXIT.usage,
  ) {
    super(message);
  }
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Whether an error is the system's answer with this code, such as `ENOENT`. */
export function isSystemError(thrown: unknown, code: string): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === code;
}
