import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unconfinedReason } from '../../lib/run/runc/container';
import { median, thisMachine } from '../page';
import { poissonTimes } from './arrivals';
import { Calibration } from './calibrate';
import { CASES, type Case, isCase, isShortOfCpu, JOBS, type JobName, loadedTasks, seedOf } from './cases';
import { type Costs, costsAt, costsOfCpu, cpuOf, momentsOf } from './costs';
import { type ReadyJob, readyJobs } from './jobs';
import { type CasePlan, measureCase } from './measure-case';
import { medians } from './numbers';
import {
  loadedRate,
  longRunWait,
  noticeOf,
  playedThroughput,
  playedWait,
  simulation,
  theory,
  throughput,
} from './predict';
import { page } from './report';
import type { Measured, Predicted, Results } from './results';

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
    const calibrations: Record<JobName, Calibration> = {
      develop: new Calibration(jobs.develop, place),
      crawl: new Calibration(jobs.crawl, place),
    };
    const calibrate = async () => {
      for (const name of JOBS) await calibrations[name].measure();
    };
    const measured: Measured[] = [];
    await calibrate();
    for (let round = 1; round <= rounds; round++) {
      await calibrate();
      measured.push(...(await measureRound(round, jobs, calibrations, place)));
    }
    const costs = { develop: calibrations.develop.costs(), crawl: calibrations.crawl.costs() };
    const predicted = CASES.map((of) => predict(costs[of.worker], of, measured));
    return { rounds, costs, measured, predicted };
  } finally {
    stop();
  }
}

async function measureRound(
  round: number,
  jobs: Readonly<Record<JobName, ReadyJob>>,
  calibrations: Readonly<Record<JobName, Calibration>>,
  place: { readonly folder: string; readonly scratch: string },
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const of of CASES) {
    const calibration = calibrations[of.worker];
    const costs = calibration.costs();
    const last = measured.at(-1);
    const plan: CasePlan = {
      expected: throughput(costs, of),
      seed: seedOf(of, round),
      cpuNow: isShortOfCpu(of) ? () => calibration.cpuNow() : undefined,
      cpuBefore: isShortOfCpu(of) && last?.worker === of.worker ? last.cpuNow.at(-1) : undefined,
      loadedRate: (cpuNow) => loadedRate(cpuNow === undefined ? costs : costsAt(costs, cpuNow), of),
    };
    const found = await measureCase(jobs[of.worker], of, plan, place);
    measured.push({ ...of, round, ...found });
    console.log(
      `round ${round}: ${of.worker} ${of.slots} at ${of.cores}: ${JSON.stringify(found.numbers, short)}`,
    );
  }
  return measured;
}

/** By theory, and by the simulation of each run: medians. */
function predict(costs: Costs, of: Case, measured: readonly Measured[]): Predicted {
  const runs = measured.filter((it) => isCase(it, of)).map((run) => predictRun(costs, of, run));
  return {
    theory: medians(runs.map((it) => it.theory)),
    simulation: medians(runs.map((it) => it.simulation)),
    waits: runs.map((it) => it.simulation.waitP99),
    notice: median(runs.map((it) => it.notice)),
    ownCpu: {
      throughput: median(runs.map((it) => it.ownCpu.throughput)),
      waitP99: median(runs.map((it) => it.ownCpu.waitP99)),
    },
    longRun: longRunWait(costs, of),
  };
}

function predictRun(costs: Costs, of: Case, run: Measured) {
  const { rate, round, full, cpuNow } = run;
  const moments = momentsOf(costs, cpuNow);
  const times = poissonTimes(rate, loadedTasks(rate), seedOf(of, round));
  const own = {
    full: costsOfCpu(costs, cpuOf(costs, full)),
    loaded: costsOfCpu(costs, cpuOf(costs, run.loaded)),
  };
  return {
    theory: theory(moments, of, rate),
    simulation: simulation(moments, of, { fullTasks: full.tasks, times }),
    notice: noticeOf(moments.drained, of),
    ownCpu: {
      throughput: playedThroughput(own.full, of, full.tasks),
      waitP99: playedWait(own.loaded, of, times),
    },
  };
}

const [, , rounds] = process.argv;
main(rounds === undefined ? ROUNDS : Number(rounds)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
