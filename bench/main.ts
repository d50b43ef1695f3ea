// `npm run bench -- NAME`: runs a benchmark, which renews its results and its part of docs/benchmarks.md.
import { runPlanBenchmark } from './plan/main';
import { runPoolBenchmark } from './pool/main';
import { runSynthBenchmark } from './synth/main';
import { runWorkerBenchmark } from './worker/main';

const BENCHMARKS: Readonly<Record<string, (options: readonly string[]) => void | Promise<void>>> = {
  plan: runPlanBenchmark,
  pool: runPoolBenchmark,
  synth: runSynthBenchmark,
  worker: runWorkerBenchmark,
};

async function main(name = '', ...options: readonly string[]): Promise<void> {
  const run = BENCHMARKS[name];
  if (run === undefined) throw new Error(`npm run bench -- ${Object.keys(BENCHMARKS).join(' | ')}`);
  await run(options);
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
