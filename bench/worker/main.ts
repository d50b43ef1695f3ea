import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, writeSection } from '../page';
import { chart } from './chart';
import { section } from './report';
import type { Results, WorkerRun } from './results';

const FOLDER = 'bench/worker';
const PROGRAM = join('..', '..', '.capstan', 'bench', 'worker');
const RESULTS = join(FOLDER, 'results.json');
const ROUNDS = 5;

/**
 * Measures the worker beside others on real brokers; writes the results, their section of the page and its chart. With
 * `--short` it measures little, prints the section and writes nothing. With `--once` it renews the suites that run once,
 * of memory and of ended processes, and keeps the others.
 */
export function runWorkerBenchmark(options: readonly string[]): void {
  if (options.includes('--short')) {
    console.log(section({ machine: thisMachine(), run: measure(['-rounds=1', '-scale=0.1']) }));
    return;
  }
  write(options.includes('--once') ? withOnce(read()) : measured());
}

function measured(): Results {
  return { machine: thisMachine(), run: measure([`-rounds=${ROUNDS}`]) };
}

function read(): Results {
  return JSON.parse(readFileSync(RESULTS, 'utf8'));
}

function withOnce({ machine, run }: Results): Results {
  const { suites } = measure(['-rounds=1', '-once']);
  const renewed = new Map(suites.map((suite) => [suite.name, suite]));
  return { machine, run: { ...run, suites: run.suites.map((suite) => renewed.get(suite.name) ?? suite) } };
}

function write(results: Results): void {
  writeFileSync(RESULTS, `${JSON.stringify(results)}\n`);
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
