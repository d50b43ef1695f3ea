import { posix } from 'node:path';
import type { Figures } from '../plan/figures';
import { CONFIG_FOLDER } from '../workload/names';
import { CONFIG_FILE } from './names';

/** Variables that Capstan sets: where the configuration is, and what bounds the Go runtime. */
export function plannedEnvironment({ gomaxprocs, gomemlimit }: Figures): Readonly<Record<string, string>> {
  return {
    CAPSTAN_CONFIG: posix.join(CONFIG_FOLDER, CONFIG_FILE),
    ...(gomaxprocs !== undefined && { GOMAXPROCS: String(gomaxprocs.value) }),
    // Plain bytes: Go reads no fractions.
    GOMEMLIMIT: String(gomemlimit.value),
  };
}
