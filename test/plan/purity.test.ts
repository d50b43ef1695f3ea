import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(__dirname, '../../lib/plan');
const IMPORT = /(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g;
const GLOBAL = /\b(?:process|Buffer|__dirname|__filename|setImmediate)\b\s*[.(]/g;

/** What a source file takes from outside lib/plan. */
function outside(file: string, source: string): string[] {
  const imports = [...source.matchAll(IMPORT)].flatMap(([, name = '']) => {
    const isInside = name.startsWith('.') && !relative(ROOT, resolve(dirname(file), name)).startsWith('..');
    return isInside ? [] : [name];
  });
  return [...imports, ...(source.match(GLOBAL) ?? [])];
}

describe('lib/plan runs in a browser', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );

  test.each(files)('%s takes nothing from outside', (name) => {
    const file = join(ROOT, name);
    expect(outside(file, readFileSync(file, 'utf8'))).toEqual([]);
  });

  test.each([
    ["import { readFileSync } from 'node:fs';", 'node:fs'],
    ["import type { Chart } from 'cdk8s';", 'cdk8s'],
    ["export * from '../worker';", '../worker'],
    ["const fs = require('fs');", 'fs'],
    ['const home = process.env.HOME;', 'process.'],
  ])('fails on %s', (source, found) => {
    expect(outside(join(ROOT, 'index.ts'), source)).toEqual([found]);
  });
});
