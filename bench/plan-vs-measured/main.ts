import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ProgramModel } from '../../lib/model';
import { CASES, PHOTO_COPIES, ROUNDS } from './cases';
import { page, type Results } from './report';
import { type Measurement, type MemoryProfile, measure } from './run';
import { buildSite, startSite } from './test-site';

const ROOT = resolve(__dirname, '../..');
const READY_RUNS = 5;

async function main(): Promise<void> {
  process.chdir(ROOT);
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-plan-vs-measured-'));
  try {
    const load = loadavg()[0] ?? 0;
    execFileSync(process.execPath, ['bin/capstan.cjs', 'image', 'build'], { stdio: 'inherit' });
    const results = await measureAll(scratch, load);
    writeFileSync('bench/plan-vs-measured/results.json', `${JSON.stringify(results, undefined, 2)}\n`);
    writeFileSync('docs/plan-vs-measured.md', page(results, CASES));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function measureAll(scratch: string, loadBefore: number): Promise<Results> {
  const photos = copyPhotos(join(scratch, 'photos'));
  const siteBinary = buildSite(join(scratch, 'site'));
  const profiles = memoryProfiles(join(scratch, 'model.json'));
  const measurements: Measurement[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    for (const one of CASES) {
      const output = join(scratch, 'out');
      const site = one.worker === 'crawl' ? await startSite(siteBinary) : undefined;
      const tasks =
        site === undefined ? ['--input', photos] : ['--seed', site.url, '--set', `perHost=${one.slots}`];
      const profile = profiles.get(one.worker) ?? { base: 0, perTask: 0 };
      const result = await measure(one, tasks, profile, output).finally(() => site?.stop());
      measurements.push(result);
      rmSync(output, { recursive: true, force: true });
      console.log(
        `round ${round}: ${one.worker} with ${one.slots} slots: ${result.measured.tasksPerSecond.toFixed(1)} tasks/s`,
      );
    }
  }
  const readySecondsAtHalfACore = readyTimes(photos, scratch);
  const [processor] = cpus();
  return {
    machine: {
      processor: processor?.model ?? 'unknown processor',
      cores: cpus().length,
      goVersion: execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim(),
      load: [loadBefore, loadavg()[0] ?? 0],
      date: new Date().toISOString().slice(0, 10),
    },
    measurements,
    readySecondsAtHalfACore,
  };
}

/** The good photos, several times over, so that a run lasts long enough. */
function copyPhotos(folder: string): string {
  for (let copy = 1; copy <= PHOTO_COPIES; copy++) {
    const filter = (source: string) => !source.endsWith('/broken');
    cpSync('examples/photos', join(folder, String(copy)), { recursive: true, filter });
  }
  return folder;
}

function memoryProfiles(file: string): Map<string, MemoryProfile> {
  execFileSync(process.execPath, ['--import', 'tsx', 'main.ts'], {
    env: { ...process.env, CAPSTAN_MODEL: file },
  });
  const { workers } = JSON.parse(readFileSync(file, 'utf8')) as ProgramModel;
  return new Map(workers.map(({ name, spec }) => [name, spec.task.memoryBytes]));
}

function readyTimes(photos: string, scratch: string): number[] {
  if (process.getuid?.() !== 0) return [];
  const input = join(scratch, 'one');
  cpSync(join(photos, '1', 'tiny.jpg'), join(input, 'tiny.jpg'));
  return Array.from({ length: READY_RUNS }, () => {
    const output = join(scratch, 'ready');
    const args = ['run', 'develop', '--runc', '--cpu', '0.5', '--input', input, '--output', output, '--json'];
    const printed = execFileSync(process.execPath, ['bin/capstan.cjs', ...args], { encoding: 'utf8' });
    rmSync(output, { recursive: true, force: true });
    return (JSON.parse(printed) as { report: { readySeconds: number } }).report.readySeconds;
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
