import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, writeSection } from '../page';
import { chart } from './chart';
import { section } from './report';
import type { PoolRun, Results } from './results';

const PROGRAM = join('.capstan', 'bench', 'pool');
const ROUNDS = 11;

/**
 * Measures the pool beside others; writes the results, their section of the page and its chart. With `--short` it
 * measures little, prints the section and writes nothing.
 */
export function runPoolBenchmark(options: readonly string[]): void {
  const machine = thisMachine();
  const short = options.includes('--short');
  const results: Results = {
    machine,
    run: measure(short ? ['-rounds', '3', '-scale', '0.1'] : [`-rounds=${ROUNDS}`]),
  };
  if (short) {
    console.log(section(results));
    return;
  }
  writeFileSync('bench/pool/results.json', `${JSON.stringify(results)}\n`);
  writeFileSync('docs/benchmarks-pool.svg', chart(results));
  writeSection('pool', section(results));
}

function measure(args: readonly string[]): PoolRun {
  mkdirSync(join('.capstan', 'bench'), { recursive: true });
  execFileSync('go', ['build', '-o', join('..', '..', PROGRAM), '.'], {
    cwd: 'bench/pool',
    stdio: 'inherit',
  });
  const printed = execFileSync(PROGRAM, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(printed);
}
