import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shape, ShapeTable } from './shape';

const FILE = join(__dirname, 'zz_shapes.gen.json');

let loaded: ShapeTable | undefined;

/** What a constructor or function of the package takes as props or options; read when it is first asked for. */
export function shapeOf(call: string): Shape {
  const shape = table().calls[call];
  if (shape === undefined) throw new Error(`No shape of ${call}: run \`npm run generate\`.`);
  return shape;
}

/** A shape without its name. */
export function settled(shape: Shape): Shape {
  if (typeof shape === 'string' || !('ref' in shape)) return shape;
  return settled(table().types[shape.ref] ?? 'any');
}

/** The shapes that a value may have one of. */
export function alternatives(shape: Shape): Shape[] {
  const whole = settled(shape);
  return typeof whole === 'object' && 'union' in whole ? whole.union.flatMap(alternatives) : [shape];
}

function table(): ShapeTable {
  loaded ??= JSON.parse(readFileSync(FILE, 'utf8')) as ShapeTable;
  return loaded;
}
