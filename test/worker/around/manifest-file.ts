import { join } from 'node:path';
import { temporaryFolder } from '../../temporary-folder';
import type { Manifest } from './example-around';

/** A file with a manifest; JSON is YAML. It is removed after the test. */
export function manifestFile(document: Manifest): string {
  return join(temporaryFolder({ 'legacy.yaml': JSON.stringify(document) }), 'legacy.yaml');
}
