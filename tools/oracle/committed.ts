import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ScenarioRow } from '../../lib/plan';
import type { ScenarioDocument } from './generate';
import { linesOf, type OracleAnswer, readLines } from './program';

const FOLDER = join(__dirname, '../../test/plan/autoscaler/testdata');

/** A scenario and what the real controller did in it. */
export interface CommittedScenario {
  readonly scenario: ScenarioDocument;
  readonly rows: readonly ScenarioRow[];
}

/** Makes scenarios the committed ones. */
export function writeCommitted(
  scenarios: readonly ScenarioDocument[],
  answers: readonly OracleAnswer[],
): void {
  const rows = answers.map((answer) => answer.rows ?? []);
  writeFileSync(join(FOLDER, 'scenarios.jsonl.gz'), gzipSync(linesOf(scenarios), { level: 9 }));
  writeFileSync(join(FOLDER, 'rows.jsonl.gz'), gzipSync(linesOf(rows), { level: 9 }));
}

/** The committed scenarios. */
export function readCommitted(): CommittedScenario[] {
  const rows = readLines<readonly ScenarioRow[]>(read('rows.jsonl.gz'));
  return readLines<ScenarioDocument>(read('scenarios.jsonl.gz')).map((scenario, index) => ({
    scenario,
    rows: rows[index] ?? [],
  }));
}

function read(name: string): string {
  return gunzipSync(readFileSync(join(FOLDER, name))).toString('utf8');
}
