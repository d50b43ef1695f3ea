import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ScenarioDocument } from './generate';
import { linesOf, type OracleAnswer } from './program';

const FOLDER = join(__dirname, '../../test/plan/autoscaler/testdata');

/** Makes scenarios the committed ones. */
export function writeCommitted(
  scenarios: readonly ScenarioDocument[],
  answers: readonly OracleAnswer[],
): void {
  const rows = answers.map((answer) => answer.rows ?? []);
  writeFileSync(join(FOLDER, 'scenarios.jsonl.gz'), gzipSync(linesOf(scenarios), { level: 9 }));
  writeFileSync(join(FOLDER, 'rows.jsonl.gz'), gzipSync(linesOf(rows), { level: 9 }));
}
