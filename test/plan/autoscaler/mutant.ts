import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import type { playScenario, readScenario } from '../../../lib/plan';

const FOLDER = join(__dirname, '../../../lib/plan/autoscaler');

/** A mistake planted into the model: one text of a file in place of another. */
export interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The model with a mistake. */
export interface Mutant {
  readonly playScenario: typeof playScenario;
  readonly readScenario: typeof readScenario;
}

/** Loads a copy of the model with a mistake; none without one. */
export function loadMutant(mutation?: Mutation): Mutant {
  const load = loader(mutation);
  return {
    ...load(join(FOLDER, 'scenario/play.ts')),
    ...load(join(FOLDER, 'scenario/read-scenario.ts')),
  } as Mutant;
}

function loader(mutation: Mutation | undefined): (path: string) => object {
  const loaded = new Map<string, object>();
  return function load(path: string): object {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const exports = {};
    loaded.set(path, exports);
    const isTarget = mutation !== undefined && path === join(FOLDER, mutation.file);
    const source = readFileSync(path, 'utf8');
    const code = compiled(isTarget ? planted(source, mutation) : source);
    const requireFrom = (name: string) => load(`${join(dirname(path), name)}.ts`);
    new Function('exports', 'require', code)(exports, requireFrom);
    return exports;
  };
}

function planted(source: string, { file, from, to }: Mutation): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}

const codes = new Map<string, string>();

function compiled(source: string): string {
  const code =
    codes.get(source) ??
    transformSync(source, {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    }).code;
  codes.set(source, code);
  return code;
}
