import type { TaskSource } from '../source';

/** A source that the Go runtime may have a driver for. */
export type Driver = TaskSource['kind'];

/** The drivers that the Go runtime of this version has; a test holds the list to its code. */
export const RUNTIME_DRIVERS: readonly Driver[] = ['memory', 'folder', 'jetstream'];
