import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScenarioRow } from '../../lib/plan';
import type { ScenarioDocument } from './generate';

/** What the real controller did in a scenario. */
export interface OracleAnswer {
  readonly name: string;
  readonly rows: readonly ScenarioRow[] | null;
  /**
   * Why there are no rows.
   *
   * @default it went well
   */
  readonly error?: string;
}

/** Runs scenarios through the real controller; the first time builds it. */
export function askOracle(scenarios: readonly ScenarioDocument[]): OracleAnswer[] {
  const program = execFileSync(join(__dirname, 'build.sh'), { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
  const [input, output] = [join(folder, 'scenarios'), join(folder, 'rows')];
  try {
    writeFileSync(input, linesOf(scenarios));
    const args = ['-test.run=^TestOracle$', '-test.timeout=0', '-scenarios', input, '-rows', output];
    execFileSync(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return readLines<OracleAnswer>(readFileSync(output, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One JSON value a line. */
export function linesOf(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** The values of {@link linesOf}. */
export function readLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
