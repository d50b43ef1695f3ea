// Writes lib/shape/zz_shapes.gen.json: what props the public constructs and functions take. With --check it writes nothing
// and fails when the file is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { readShapes } from './read-shapes';

const FILE = join(PACKAGE_ROOT, 'lib/shape/zz_shapes.gen.json');
const isCheck = process.argv.includes('--check');
const shapes = {
  '//': 'Generated from lib/ by `npm run generate`. DO NOT EDIT.',
  ...readShapes(PACKAGE_ROOT),
};
const text = `${JSON.stringify(shapes, undefined, 1)}\n`;

if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) {
  if (!isCheck) writeFileSync(FILE, text);
  console.error(`${relative(PACKAGE_ROOT, FILE)} ${isCheck ? 'is stale' : 'written'}`);
  process.exitCode = isCheck ? 1 : 0;
}
