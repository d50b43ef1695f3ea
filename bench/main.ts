// `npm run bench -- NAME`: runs a benchmark, which renews its results and its part of docs/benchmarks.md.
import { runSynthBenchmark } from './synth/main';

const BENCHMARKS: Readonly<Record<string, () => void | Promise<void>>> = { synth: runSynthBenchmark };

async function main(name = ''): Promise<void> {
  const run = BENCHMARKS[name];
  if (run === undefined) throw new Error(`npm run bench -- ${Object.keys(BENCHMARKS).join(' | ')}`);
  await run();
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
