// `npm run scheduler-oracle -- [--seed N] [--environments K]`: asks the real kube-scheduler and the plan of capacity about
// the same generated environments, and fails where they differ although they must not.
import { parseArgs } from 'node:util';
import { type Comparison, compare, differences, questionOf, SLACK } from './compare';
import { generateEnvironment } from './environment';
import { askScheduler } from './program';

const DEFAULTS = { seed: '1', environments: '50' };

function main(): void {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, environments: { type: 'string' } } });
  const [seed, count] = [wholeOf('seed', values.seed), wholeOf('environments', values.environments)];
  const seeds = Array.from({ length: count }, (_, index) => seed + index);
  const comparisons = compareSeeds(seeds);
  const wrong = comparisons.flatMap(differences);
  for (const line of [...wrong, ...comparisons.flatMap(tightLine), summary(comparisons)]) console.log(line);
  if (wrong.length > 0) process.exitCode = 1;
}

function wholeOf(name: keyof typeof DEFAULTS, text = DEFAULTS[name]): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= (name === 'seed' ? 0 : 1)) return value;
  console.error(`--${name} must be a whole number, got ${text}.`);
  process.exit(2);
}

/** Compares the environments of some seeds. */
function compareSeeds(seeds: readonly number[]): Comparison[] {
  const questions = seeds.map((seed) => questionOf(generateEnvironment(seed)));
  const outcomes = askScheduler(questions.flatMap(({ asked }) => [asked.whole, asked.less]));
  return questions.map((question, index) => {
    const [whole, less] = outcomes.slice(2 * index);
    if (whole === undefined || less === undefined) throw new Error(`no answer for ${question.name}`);
    return compare(question, { whole, less });
  });
}

/** An environment in which something waits, and may wait in one of both only, since lots decide between equal nodes. */
function tightLine({ name, isRoomy, pods, nodes, waiting }: Comparison): string[] {
  if (isRoomy) return [];
  const [planned, real] = [waiting.planned.length, waiting.real.length];
  const same = planned === real && waiting.planned.every((it) => waiting.real.includes(it));
  const what = same ? 'the same in both' : `${planned} in the plan, ${real} in the scheduler`;
  return [
    `${name}: tight (${pods} pods, ${nodes} nodes): ${planned} ${planned === 1 ? 'waits' : 'wait'}, ${what}`,
  ];
}

function summary(comparisons: readonly Comparison[]): string {
  const sum = (of: (it: Comparison) => number) => comparisons.reduce((total, it) => total + of(it), 0);
  const roomy = comparisons.filter(({ isRoomy }) => isRoomy).length;
  return (
    `${comparisons.length} environments, ${sum(({ pods }) => pods)} pods, ${sum(({ nodes }) => nodes)} nodes: ` +
    `${sum(({ alone }) => alone.real.length)} pods fit no node; ${roomy} environments with ${SLACK * 100} % to spare, ` +
    `${comparisons.length - roomy} tight; pushed out: ${sum((it) => it.pushedOut.planned)} in the plan, ` +
    `${sum((it) => it.pushedOut.real)} in the scheduler`
  );
}

main();
