import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RUNTIME_FOLDER } from '../../lib/package-root';
import { hasCapability, RUNTIME_DRIVERS } from '../../lib/worker/drivers';

const queue = join(RUNTIME_FOLDER, 'queue');

/** Queues that the runtime always has, and packages of it that bring a driver. */
function driversOfRuntime(): string[] {
  const own = ['memory', 'folder'].filter((name) => existsSync(join(queue, `${name}.go`)));
  const packages = readdirSync(queue, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const brought = packages.map(({ name }) => name).filter((name) => declaresDriver(join(queue, name)));
  return [...own, ...brought];
}

function declaresDriver(folder: string): boolean {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
    .some((name) => /^(var|func) Driver\b/m.test(readFileSync(join(folder, name), 'utf8')));
}

test('a source is planned exactly where the Go runtime has a driver for it', () => {
  expect(driversOfRuntime().sort()).toEqual([...RUNTIME_DRIVERS].sort());
});

test('what a queue can do is what its driver declares', () => {
  expect(hasCapability('jetstream', 'ackEach')).toBe(true);
  expect(hasCapability('folder', 'headers')).toBe(false);
});
