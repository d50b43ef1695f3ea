/**
 * `npm run oracle -- --seed N --scenarios K`: plays new random scenarios with the real controller and with the model,
 * and stops at the first row that differs. `--write` makes them the committed ones instead.
 */
import { parseArgs } from 'node:util';
import { formatProblem, playScenario, readScenario, type ScenarioRow } from '../../lib/plan';
import { writeCommitted } from './committed';
import { type Difference, firstDifference } from './compare';
import { generateScenarios, type ScenarioDocument } from './generate';
import { askOracle, type OracleAnswer } from './program';

/** Rows before and after a difference that are printed. */
const CONTEXT = 3;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    scenarios: { type: 'string', default: '100' },
    write: { type: 'boolean', default: false },
  },
});
const seed = wholeNumber('seed', values.seed);
const count = wholeNumber('scenarios', values.scenarios);

const scenarios = generateScenarios(seed, count);
const started = performance.now();
const answers = askOracle(scenarios);
const oracleMillis = performance.now() - started;
process.exitCode = scenarios.every((scenario, index) => isSame(scenario, answers[index])) ? 0 : 1;
if (process.exitCode === 0) {
  const rows = answers.reduce((sum, answer) => sum + (answer.rows?.length ?? 0), 0);
  const seconds = (oracleMillis / 1000).toFixed(1);
  console.log(
    `${count} scenarios of seed ${seed}, ${rows} rows: all equal (the real controller took ${seconds} s)`,
  );
  if (values.write) writeCommitted(scenarios, answers);
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number, got ${text}.`);
  process.exit(2);
}

/** Whether the model does what the real controller did; prints what is not so. */
function isSame(scenario: ScenarioDocument, answer: OracleAnswer | undefined): boolean {
  const { scenario: read, problems } = readScenario(scenario);
  const rows = answer?.rows;
  if (rows === undefined || rows === null || read === undefined) {
    const model = problems?.map(formatProblem).join(' ') ?? 'takes it';
    console.error(`${scenario.name}: the oracle says: ${answer?.error ?? 'nothing'}; the model: ${model}`);
    return false;
  }
  const model = playScenario(read);
  const difference = firstDifference(rows, model);
  if (difference !== undefined) printDifference(scenario, rows, model, difference);
  return difference === undefined;
}

function printDifference(
  scenario: ScenarioDocument,
  oracle: readonly ScenarioRow[],
  model: readonly ScenarioRow[],
  { row, field, oracle: expected, model: found }: Difference,
): void {
  console.error(
    `${scenario.name}: row ${row}, ${field}: the oracle has ${JSON.stringify(expected)}, the model ${JSON.stringify(found)}`,
  );
  for (let at = Math.max(0, row - CONTEXT); at <= row + CONTEXT && at < oracle.length; at += 1) {
    const mark = at === row ? '>' : ' ';
    console.error(
      `${mark} oracle ${JSON.stringify(oracle[at])}\n${mark} model  ${JSON.stringify(model[at])}`,
    );
  }
  console.error(`The scenario: ${JSON.stringify(scenario)}`);
}
