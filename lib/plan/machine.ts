/**
 * Bounds of one machine: a larger number is a slip of the unit.
 */

/** Most CPU cores that Linux runs on (x86-64, `CONFIG_NR_CPUS`). */
export const CORES_MAX = 8192;

/** Most physical memory behind four-level page tables: 64 TiB (Linux, `x86_64/mm.rst`). Also the bound for disk. */
export const BYTES_MAX = 2 ** 46;

/** Most slots that a pool takes (contract/worker.schema.json, `Pool.slots`). */
export const SLOTS_MAX = 1_000_000;

/** Longest time in a spec: a week. What runs longer is a Job, not a task behind an ack timeout. */
export const SECONDS_MAX = 7 * 24 * 3600;
