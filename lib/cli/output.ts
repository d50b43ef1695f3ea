/** Where a command prints. */
export interface Output {
  /** What was asked for. */
  out(text: string): void;
  /** What happens on the way, and what went wrong. */
  err(text: string): void;
  /** Whether {@link err} is a terminal that can redraw a line. */
  readonly isTerminal: boolean;
  /** What {@link out} is shown on; `undefined` where it is not a terminal. */
  readonly terminal?: Terminal | undefined;
}

/** A terminal. */
export interface Terminal {
  /** Characters of a line. */
  readonly columns: number;
  /** Whether it shows colours, and the user wants them. */
  readonly colors: boolean;
}

/** Prints to this process's own streams. */
export const STANDARD_OUTPUT: Output = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  isTerminal: process.stderr.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb',
  terminal:
    process.stdout.isTTY === true
      ? { columns: process.stdout.columns, colors: !process.env.NO_COLOR && process.env.TERM !== 'dumb' }
      : undefined,
};

/** How wide lines are where nobody says, and without colours. */
const PLAIN: Terminal = { columns: 100, colors: false };

/** What tables and texts are laid out for. */
export function layoutOf({ terminal = PLAIN }: Output): { readonly width: number; readonly colors: boolean } {
  return { width: terminal.columns, colors: terminal.colors };
}

/** A value as `--json` prints it. */
export function asJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
