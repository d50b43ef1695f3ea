import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Files, by path relative to their folder, that are in one of two folders only or differ; sorted. */
export function differingFiles(one: string, other: string): string[] {
  const files = new Set([...filesBelow(one), ...filesBelow(other)]);
  return [...files].filter((file) => !isSame(join(one, file), join(other, file))).sort();
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && readFileSync(one).equals(readFileSync(other));
}
