import { QUEUES } from '../contract/zz_queues.gen';
import type { TaskSource } from '../source';

/** A source that the Go runtime may have a driver for. */
export type Driver = TaskSource['kind'];

/** What a queue can do by itself; see `Capabilities` of the Go package capstan/queue for each. */
export type QueueCapability = keyof (typeof QUEUES)['memory'];

const TABLE: Readonly<Record<string, Readonly<Record<QueueCapability, boolean>>>> = QUEUES;

/** The drivers that the Go runtime of this version has. */
export const RUNTIME_DRIVERS: readonly string[] = Object.keys(QUEUES);

/** Whether the queue of a driver has a capability; one without a driver has none. */
export function hasCapability(driver: Driver, capability: QueueCapability): boolean {
  return TABLE[driver]?.[capability] ?? false;
}
