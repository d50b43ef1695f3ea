// Where the tables are made from: Go modules of fixed versions, which Go's checksum database vouches for.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The list of sources, which is what one changes for a new version. */
export const SOURCES_FILE = join(__dirname, 'sources.json');

/** CRDs in a folder of a Go module. */
export interface ResourceSource {
  /** As messages name it. */
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Folder of the module with the files. */
  readonly folder: string;
}

/** Contents of {@link SOURCES_FILE}. */
export interface Sources {
  /** Releases of Kubernetes, oldest first, one a minor version. */
  readonly kubernetes: readonly string[];
  readonly resources: readonly ResourceSource[];
}

/** Reads {@link SOURCES_FILE}. */
export function readSources(): Sources {
  return JSON.parse(readFileSync(SOURCES_FILE, 'utf8'));
}

/** The folder of a module in Go's module cache; fetches it unless it is there. */
export function moduleFolder(module: string, version: string): string {
  const options = {
    // Outside of any module, so that no go.mod takes part.
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '', GOWORK: 'off' },
    maxBuffer: 2 ** 24,
  } as const;
  const wanted = `${module}@v${version}`;
  const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', wanted], options)) as {
    Dir?: string;
  };
  if (Dir === undefined || !existsSync(Dir))
    throw new Error(`${wanted}: Go has put no folder into its cache`);
  return Dir;
}

/** The minor version of a release: `1.37` of `1.37.1`. */
export function minorOf(release: string): string {
  return release.split('.').slice(0, 2).join('.');
}
