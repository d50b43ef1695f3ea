import type { ServiceSpec } from '../../../lib/plan';
import { MIB } from '../examples';

/** Takes photos: a short burst of CPU, some waiting for a stream to take the task. */
export const upload = {
  name: 'upload',
  request: {
    cpuSeconds: 0.004,
    durationSeconds: { mean: 0.02, max: 10 },
    memoryBytes: { base: 24 * MIB, perRequest: 2 * MIB },
  },
  concurrency: 32,
  latencySeconds: 0.1,
  scale: { min: 2, max: 20 },
} as const satisfies ServiceSpec;
