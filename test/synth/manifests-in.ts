import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LIST_FILE } from '../../lib/synth/file-list';

/** The files of a folder but Capstan's list of them: text by path. */
export function manifestsIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => name !== LIST_FILE && statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
