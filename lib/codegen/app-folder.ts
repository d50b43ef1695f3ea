import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GoAppRef } from '../go-app';
import type { Problem } from '../plan/problem';

/**
 * What is wrong with the folder of a Go app, with the command that makes one; `undefined` when it holds one.
 *
 * @param folder what the app's folder is relative to
 * @param next a command that goes on from there
 */
export function appFolderProblem(
  { name, directory }: Pick<GoAppRef, 'name' | 'directory'>,
  { folder = process.cwd(), next }: { readonly folder?: string; readonly next?: string } = {},
): Problem | undefined {
  if (existsSync(join(resolve(folder, directory), 'go.mod'))) return undefined;
  const after = next === undefined ? '' : `, then \`${next}\``;
  return {
    prop: 'app',
    wanted: 'must be the folder of a Go app',
    got: `${directory} without a go.mod`,
    fix: `Run \`npx capstan generate ${name}\`, which makes one with a handler to fill in${after}.`,
  };
}
