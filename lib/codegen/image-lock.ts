import { existsSync, readFileSync } from 'node:fs';
import type { GoAppRef } from '../go-app';
import type { ImageResolution } from '../image-resolver';

/** The image of an app as the lock file has it. */
export function resolveImage(app: GoAppRef, lockFile: string): ImageResolution {
  const lock = existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')) : {};
  const entry: { tag: string; digest: string } | undefined = lock[app.name];
  if (entry !== undefined) return { reference: `${app.repository}:${entry.tag}@${entry.digest}` };
  return {
    problem: {
      prop: 'app',
      wanted: `must have an image in ${lockFile}`,
      got: 'no entry',
      fix: `Run npx capstan image build ${app.name}.`,
    },
  };
}
