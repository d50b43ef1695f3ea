// Writes the tables of lib/schema from the sources that sources.json names:
//
//   npx tsx tools/schema/main.ts             when they are stale
//   npx tsx tools/schema/main.ts --full      in any case
//   npx tsx tools/schema/main.ts --check     writes nothing, fails when they are stale; with --full it makes them
//                                            anew to compare, which fetches some 100 MB unless Go has them
//   npx tsx tools/schema/main.ts add 1.38.0  takes a release of Kubernetes in, in place of another patch of it

import { writeFileSync } from 'node:fs';
import { areFresh, makeFiles, staleFiles, writeFiles } from './generated-files';
import { minorOf, readSources, SOURCES_FILE } from './sources';

function main(args: readonly string[]): number {
  const isFull = args.includes('--full');
  if (args[0] === 'add') addRelease(args[1] ?? '');
  if (args.includes('--check')) return check(isFull);
  if (!isFull && areFresh()) return 0;
  const files = makeFiles();
  for (const file of staleFiles(files)) console.error(`${file} written`);
  writeFiles(files);
  return 0;
}

function check(isFull: boolean): number {
  const stale = isFull ? staleFiles(makeFiles()) : [];
  for (const file of stale) console.error(`${file} is stale`);
  if (stale.length === 0 && areFresh()) return 0;
  console.error('lib/schema/tables is stale. Run `npm run generate` and commit the files.');
  return 1;
}

function addRelease(release: string): void {
  if (!/^1\.\d+\.\d+$/.test(release)) throw new Error(`a release is such as 1.38.0, got "${release}"`);
  const sources = readSources();
  const others = sources.kubernetes.filter((it) => minorOf(it) !== minorOf(release));
  const number = (it: string) => Number(minorOf(it).split('.')[1]);
  const kubernetes = [...others, release].sort((a, b) => number(a) - number(b));
  writeFileSync(SOURCES_FILE, `${JSON.stringify({ ...sources, kubernetes }, undefined, 2)}\n`);
}

process.exitCode = main(process.argv.slice(2));
