import type { Output } from './output';

/** What a command works with. */
export interface CommandContext {
  /** The folder of the user's program. */
  readonly folder: string;
  readonly output: Output;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly app?: string;
}
