import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** With this variable set to a path, `CapstanApp.synth` adds a line there: the folder that it has written. */
export const RECEIPT_VARIABLE = 'CAPSTAN_RECEIPT';

/** Tells who asked for it, see {@link RECEIPT_VARIABLE}, that the manifests of a folder are written. */
export function recordSynthesis(folder: string): void {
  const receipt = process.env[RECEIPT_VARIABLE];
  if (receipt === undefined || receipt === '') return;
  appendFileSync(receipt, `${JSON.stringify(resolve(folder))}\n`);
}

/** Absolute folders that a program has written; none when it wrote no manifests. */
export function synthesizedFolders(receipt: string): string[] {
  if (!existsSync(receipt)) return [];
  const lines = readFileSync(receipt, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as string);
}
