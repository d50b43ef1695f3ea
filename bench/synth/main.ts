import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine, writeSection } from '../page';
import type { Kind, Measurement } from './measurement';
import { startPrograms } from './one-deployment';
import { type Results, section } from './report';

/** How often each is measured, by number of charts; cdk8s itself takes minutes. */
const CASES = [
  { charts: 500, rounds: 7, stock: 2 },
  { charts: 2000, rounds: 5, stock: 1 },
  { charts: 10_000, rounds: 3, stock: 0 },
];
const START_ROUNDS = 9;

/** Measures synthesis, and writes the results and their section of the page. */
export function runSynthBenchmark(): void {
  const machine = thisMachine();
  const results: Results = {
    machine,
    measurements: CASES.flatMap(measureCase),
    starts: startPrograms(START_ROUNDS),
  };
  writeFileSync('bench/synth/results.json', `${JSON.stringify(results, undefined, 2)}\n`);
  writeSection('synth', section(results));
}

/** In turn, so that what else the machine does hits all of them. */
function measureCase({ charts, rounds, stock }: (typeof CASES)[number]): Measurement[] {
  return Array.from({ length: rounds }, (_, round) => {
    const kinds: Kind[] = round < stock ? ['floor', 'capstan', 'stock'] : ['floor', 'capstan'];
    return kinds.map((kind) => measure(kind, charts));
  }).flat();
}

/** In a process of its own, so that no heap is another's. */
function measure(kind: Kind, charts: number): Measurement {
  const outdir = mkdtempSync(join(tmpdir(), 'capstan-bench-'));
  try {
    const args = ['--import', 'tsx', join(__dirname, 'child.ts'), kind, String(charts), outdir];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
    const measurement: Measurement = JSON.parse(printed);
    console.log(`${kind} ${charts}: ${measurement.cpuSeconds.toFixed(2)} s of CPU time`);
    return measurement;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
