import { posix } from 'node:path';
import type { Figure } from '../plan/figure';
import { CONFIG_FOLDER } from './names';

/** Figures that bound the Go runtime. */
interface RuntimeFigures {
  readonly gomaxprocs?: Figure;
  readonly gomemlimit: Figure;
}

/**
 * Variables that Capstan sets: where the configuration is, and what bounds the Go runtime.
 *
 * @param file name of the configuration file
 */
export function runtimeEnvironment(
  file: string,
  { gomaxprocs, gomemlimit }: RuntimeFigures,
): Readonly<Record<string, string>> {
  return {
    CAPSTAN_CONFIG: posix.join(CONFIG_FOLDER, file),
    ...(gomaxprocs !== undefined && { GOMAXPROCS: String(gomaxprocs.value) }),
    // Plain bytes: Go reads no fractions.
    GOMEMLIMIT: String(gomemlimit.value),
  };
}
