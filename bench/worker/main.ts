import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, writeSection } from '../page';
import { chart } from './chart';
import { section } from './report';
import type { Results, WorkerRun } from './results';

const FOLDER = 'bench/worker';
const PROGRAM = join('..', '..', '.capstan', 'bench', 'worker');
const ROUNDS = 5;

/**
 * Measures the worker beside others on real brokers; writes the results, their section of the page and its chart. With
 * `--short` it measures little, prints the section and writes nothing.
 */
export function runWorkerBenchmark(options: readonly string[]): void {
  const machine = thisMachine();
  const short = options.includes('--short');
  const results: Results = {
    machine,
    run: measure(short ? ['-rounds=1', '-scale=0.1'] : [`-rounds=${ROUNDS}`]),
  };
  if (short) {
    console.log(section(results));
    return;
  }
  writeFileSync(join(FOLDER, 'results.json'), `${JSON.stringify(results)}\n`);
  writeFileSync('docs/benchmarks-worker.svg', chart(results));
  writeSection('worker', section(results));
}

function measure(args: readonly string[]): WorkerRun {
  mkdirSync(join('.capstan', 'bench'), { recursive: true });
  execFileSync('go', ['build', '-o', PROGRAM, '.'], { cwd: FOLDER, stdio: 'inherit' });
  const printed = execFileSync(PROGRAM, args, {
    cwd: FOLDER,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(printed);
}
