import { createHash } from 'node:crypto';

/** A pod annotation that changes with a configuration, so that a new configuration rolls the pods. */
export function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
