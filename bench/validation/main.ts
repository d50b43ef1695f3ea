import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readProjectConfig } from '../../lib/cli/app-command';
import { loadSoundProgram } from '../../lib/cli/load-program';
import { selectApps, usesOf } from '../../lib/cli/select';
import { buildAppImage } from '../../lib/codegen/image-build';
import { repeatInput } from '../../lib/measure/inputs';
import { measureOnce } from '../../lib/measure/one-run';
import { unbounded } from '../../lib/measure/unbounded';
import type { WorkerModel } from '../../lib/model';
import type { TaskFit } from '../../lib/plan';
import { unconfinedReason } from '../../lib/run/runc/container';
import { withSettings } from '../../lib/run/settings';
import { median, thisMachine } from '../page';
import { startSite, type TestSite } from '../plan-vs-measured/test-site';
import { calibrate } from './calibrate';
import { CASES, type Case, FULL_SECONDS, LOAD, MOST_SLOTS } from './cases';
import { type LoadedRun, type Payloads, runLoaded } from './loaded-run';
import { fullThroughput, simulation, theory } from './predict';
import { type Measured, page, type Results } from './report';

const ROOT = resolve(__dirname, '../..');
const ROUNDS = 5;
/** The embedded queue, which a run on this machine has as well. */
const ENVIRONMENT = 'edge';
/** Copies of the photos of which each is developed once. */
const PHOTO_SLOTS = 24;

/** What is needed to run a job. */
interface Job {
  readonly worker: WorkerModel;
  readonly input?: string;
  readonly payload: Payloads['payload'];
  /** Starts what its tasks are about, and gives them. */
  tasks(): Promise<{ readonly tasks: { input?: string; seeds?: string[] }; readonly site?: TestSite }>;
}

async function main(rounds = ROUNDS): Promise<void> {
  const reason = unconfinedReason();
  if (reason !== undefined)
    throw new Error(`npm run validate runs workers under runc, which cannot be used here: ${reason}`);
  process.chdir(ROOT);
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-validation-'));
  try {
    const machine = thisMachine();
    const results = { machine, ...(await validate(await jobs(scratch), scratch, rounds)) };
    writeFileSync('bench/validation/results.json', `${JSON.stringify(results, short, 2)}\n`);
    writeFileSync('docs/validation.md', page(results));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function short(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

async function jobs(scratch: string): Promise<Record<Case['worker'], Job>> {
  const { app } = readProjectConfig(ROOT);
  const program = await loadSoundProgram(app, ROOT);
  const { workers, images } = program;
  for (const built of selectApps(usesOf(program), ['develop', 'crawl'])) {
    await buildAppImage(built, {
      folder: ROOT,
      lockFile: images.lockFile,
      onBuild: (name) => console.log(`building ${name}`),
    });
  }
  const workerOf = (name: string) => {
    const found = workers.find((it) => it.name === name && it.environmentName === ENVIRONMENT);
    if (found === undefined) throw new Error(`${ENVIRONMENT} has no worker ${name}`);
    return found;
  };
  const site = join(scratch, 'site');
  execFileSync('go', ['build', '-o', site, './site'], { cwd: 'apps/crawl', stdio: 'inherit' });
  const input = repeatInput('examples/photos', PHOTO_SLOTS, join(scratch, 'photos'));
  const photos = readdirSync(input, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && !it.parentPath.includes('broken'))
    .map((it) => join(it.parentPath, it.name).slice(input.length + 1));
  const crawl = withSettings(workerOf('crawl'), { perHost: String(MOST_SLOTS) });
  return {
    develop: {
      worker: workerOf('develop'),
      input,
      // 97 steps on each time: neighbours in the folder are alike.
      payload: (index) => ({ path: photos[(index * 97) % photos.length], bytes: 0 }),
      tasks: async () => ({ tasks: { input } }),
    },
    crawl: {
      worker: crawl,
      payload: () => ({}),
      tasks: async () => {
        const running = await startSite(site);
        return { tasks: { seeds: [running.url] }, site: running };
      },
    },
  };
}

async function validate(
  all: Record<Case['worker'], Job>,
  scratch: string,
  rounds: number,
): Promise<Omit<Results, 'machine'>> {
  const fits = { develop: await fitOf('develop', all.develop), crawl: await fitOf('crawl', all.crawl) };
  const measured: Measured[] = [];
  const loaded = new Map<Case, LoadedRun[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const of of CASES) {
      const { numbers, run } = await measureCase(all[of.worker], of, fits[of.worker], { scratch, round });
      loaded.set(of, [...(loaded.get(of) ?? []), run]);
      measured.push({ ...of, tasks: run.waits.length, numbers });
      console.log(
        `round ${round}: ${of.worker} ${of.slots} at ${of.cores}: ${numbers.throughput.toFixed(1)} tasks/s`,
      );
    }
  }
  const predicted = CASES.map((of) => {
    const arrived = arrivedIn(loaded.get(of) ?? []);
    const fit = fits[of.worker];
    return { theory: theory(fit, of, arrived), simulation: simulation(fit, of, arrived) };
  });
  return { rounds, measured, predicted };
}

async function fitOf(name: Case['worker'], job: Job): Promise<TaskFit> {
  const { tasks, site } = await job.tasks();
  return calibrate(name, job.worker, ROOT, tasks).finally(() => site?.stop());
}

async function measureCase(
  job: Job,
  of: Case,
  fit: TaskFit,
  at: { readonly scratch: string; readonly round: number },
): Promise<{ numbers: Measured['numbers']; run: LoadedRun }> {
  const { tasks, site } = await job.tasks();
  try {
    const setup = {
      worker: unbounded(job.worker),
      folder: ROOT,
      scratch: at.scratch,
      cpuCores: of.cores,
      seconds: FULL_SECONDS,
      onCompile: () => undefined,
    };
    const { run: full } = await measureOnce(setup, tasks, of.slots);
    const worker = site === undefined ? setup.worker : withSettings(setup.worker, { maxPages: '1' });
    const payloads: Payloads = {
      ...(job.input !== undefined && { input: job.input }),
      payload:
        site === undefined ? job.payload : (index) => ({ url: new URL(`/p/${index + 1}`, site.url).href }),
    };
    const place = { folder: ROOT, scratch: at.scratch, seed: at.round };
    const run = await runLoaded(worker, of, rateOf(fit, of), payloads, place);
    const sorted = [...run.waits].sort((a, b) => a - b);
    return {
      run,
      numbers: {
        throughput: full.tasks / full.wallSeconds,
        memory: full.memoryBytes,
        waitP99: sorted[Math.max(0, Math.ceil(0.99 * sorted.length) - 1)] ?? 0,
        start: full.startSeconds,
        drain: full.drainSeconds ?? 0,
      },
    };
  } finally {
    site?.stop();
  }
}

function rateOf(fit: TaskFit, of: Case): number {
  return LOAD * fullThroughput(fit, of);
}

function arrivedIn(runs: readonly LoadedRun[]): { tasks: number; variation: number } {
  const durations = runs.flatMap((run) => run.durations);
  const mean = durations.reduce((sum, it) => sum + it, 0) / durations.length;
  const variance =
    durations.reduce((sum, it) => sum + (it - mean) ** 2, 0) / Math.max(1, durations.length - 1);
  return {
    tasks: Math.max(1, Math.round(median(runs.map(({ waits }) => waits.length)))),
    variation: variance / mean ** 2,
  };
}

const [, , rounds] = process.argv;
main(rounds === undefined ? ROUNDS : Number(rounds)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
