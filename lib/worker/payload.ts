import { PAYLOAD_BYTES } from '../plan/held-tasks';
import type { MemorySource } from '../source';
import { bytes } from '../workload/quantity';

/** Largest payload of a task in bytes: as the source gives it, or the plan's default. */
export function payloadBytes({ payload }: MemorySource): number {
  return payload === undefined ? PAYLOAD_BYTES : bytes(payload);
}
