import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unconfinedReason } from '../../lib/run/runc/container';
import { median, thisMachine } from '../page';
import { poissonTimes } from './arrivals';
import { Calibration, type Costs } from './calibrate';
import { CASES, type Case, type JobName, loadedTasks, seedOf } from './cases';
import { readyJobs } from './jobs';
import { measureCase } from './measure-case';
import { loadedRate, longRunWait, type Numbers, simulation, theory } from './predict';
import { type Measured, type Predicted, page, type Results } from './report';

const ROOT = resolve(__dirname, '../..');
const ROUNDS = 5;

async function main(rounds = ROUNDS): Promise<void> {
  const reason = unconfinedReason();
  if (reason !== undefined)
    throw new Error(`npm run validate runs workers under runc, which cannot be used here: ${reason}`);
  process.chdir(ROOT);
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-validation-'));
  try {
    const machine = thisMachine();
    const results: Results = { machine, ...(await validate(scratch, rounds)) };
    writeFileSync('bench/validation/results.json', `${JSON.stringify(results, short, 2)}\n`);
    writeFileSync('docs/validation.md', page(JSON.parse(JSON.stringify(results, short)) as Results));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function short(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

async function validate(scratch: string, rounds: number): Promise<Omit<Results, 'machine'>> {
  const { jobs, stop } = await readyJobs(ROOT, scratch);
  try {
    const place = { folder: ROOT, scratch };
    const calibrations = { develop: new Calibration(jobs.develop), crawl: new Calibration(jobs.crawl) };
    const calibrate = async () => {
      for (const name of ['develop', 'crawl'] as const) await calibrations[name].measure(place);
    };
    const costsOf = (name: JobName) => calibrations[name].costs();
    const measured: Measured[] = [];
    await calibrate();
    for (let round = 1; round <= rounds; round++) {
      await calibrate();
      for (const of of CASES) {
        const costs = costsOf(of.worker);
        const rate = loadedRate(costs, of);
        const times = timesOf(of, rate, round);
        const expected = theory(costs, of).throughput;
        const found = await measureCase(
          jobs[of.worker],
          of,
          { times, expected, seed: seedOf(of, round) },
          place,
        );
        measured.push({ ...of, round, rate, ...found });
        console.log(
          `round ${round}: ${of.worker} ${of.slots} at ${of.cores}: ${JSON.stringify(found.numbers, short)}`,
        );
      }
    }
    const costs = { develop: costsOf('develop'), crawl: costsOf('crawl') };
    const predicted = CASES.map((of) => predict(costs[of.worker], of, measured));
    return { rounds, costs, measured, predicted };
  } finally {
    stop();
  }
}

function timesOf(of: Case, rate: number, round: number): number[] {
  return poissonTimes(rate, loadedTasks(rate), seedOf(of, round));
}

/** By theory, and by the simulation of each run: medians. */
function predict(costs: Costs, of: Case, measured: readonly Measured[]): Predicted {
  const runs = measured.filter(
    (it) => it.worker === of.worker && it.slots === of.slots && it.cores === of.cores,
  );
  const played = runs.map(({ rate, round, full }) =>
    simulation(costs, of, { fullTasks: full.tasks, times: timesOf(of, rate, round) }),
  );
  const middle = (key: keyof Numbers) => median(played.map((it) => it[key]));
  return {
    theory: theory(costs, of),
    simulation: {
      throughput: middle('throughput'),
      memory: middle('memory'),
      waitP99: middle('waitP99'),
      start: middle('start'),
      drain: middle('drain'),
    },
    waits: played.map(({ waitP99 }) => waitP99),
    longRunWait: longRunWait(costs, of),
  };
}

const [, , rounds] = process.argv;
main(rounds === undefined ? ROUNDS : Number(rounds)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
