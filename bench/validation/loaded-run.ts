import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerModel } from '../../lib/model';
import { Random } from '../../lib/plan';
import { runWorker } from '../../lib/run/run-worker';
import { MOST_CPU_SHARES } from '../../lib/run/runc/runtime-spec';
import { type Case, LOADED_SECONDS } from './cases';

/** A run into which tasks come at random. */
export interface LoadedRun {
  /** Wait of each task for its slot, in seconds. */
  readonly waits: readonly number[];
  /** Time of each task in its handler, in seconds. */
  readonly durations: readonly number[];
}

/** Where the tasks of a loaded run are from. */
export interface Payloads {
  /** A folder that the handler reads. */
  readonly input?: string;
  /** The payload of the task with this number. */
  payload(index: number): object;
}

/**
 * Pushes tasks to a worker at random times, independently of each other (Poisson), and reads from its log how long each
 * waited: from when it was sent until its handler began.
 *
 * @param rate tasks/s
 */
export async function runLoaded(
  worker: WorkerModel,
  of: Case,
  rate: number,
  { input, payload }: Payloads,
  at: { readonly folder: string; readonly scratch: string; readonly seed: number },
): Promise<LoadedRun> {
  const output = join(at.scratch, 'loaded');
  const stop = new AbortController();
  const sent = new Map<string, number>();
  let pushed = Promise.resolve();
  const { folders } = await runWorker({
    worker,
    folder: at.folder,
    output,
    slots: of.slots,
    ...(input !== undefined && { input }),
    isPushed: true,
    container: { cpuCores: of.cores, cpuShares: MOST_CPU_SHARES },
    stop: stop.signal,
    progress: () => ({ take: () => undefined, end: () => undefined }),
    onCompile: () => undefined,
    onIntake: (address) => {
      pushed = push(address, rate, payload, sent, new Random(at.seed)).finally(() => stop.abort());
    },
  });
  await pushed;
  const finished = finishedIn(readFileSync(folders.log, 'utf8'), sent);
  rmSync(output, { recursive: true, force: true });
  return finished;
}

async function push(
  address: string,
  rate: number,
  payload: (index: number) => object,
  sent: Map<string, number>,
  random: Random,
): Promise<void> {
  const start = Date.now();
  const posts: Promise<unknown>[] = [];
  let next = 0;
  for (let index = 0; next < LOADED_SECONDS; index++) {
    next += random.exponential() / rate;
    const id = String(index);
    await new Promise((wake) => setTimeout(wake, Math.max(0, start + next * 1000 - Date.now())));
    sent.set(id, Date.now() / 1000);
    const body = JSON.stringify(payload(index));
    posts.push(fetch(`http://${address}/tasks?id=${id}`, { method: 'POST', body }));
  }
  await Promise.all(posts);
}

interface FinishedLine {
  readonly msg?: string;
  readonly id?: string;
  readonly time?: string;
  readonly seconds?: number;
  readonly outcome?: string;
}

function finishedIn(log: string, sent: ReadonlyMap<string, number>): LoadedRun {
  const waits: number[] = [];
  const durations: number[] = [];
  for (const line of log.split('\n').filter((it) => it.includes('"task finished"'))) {
    const { id = '', time = '', seconds = 0, outcome } = JSON.parse(line) as FinishedLine;
    const sentAt = sent.get(id);
    if (sentAt === undefined || outcome !== 'done') continue;
    waits.push(Math.max(0, Date.parse(time) / 1000 - seconds - sentAt));
    durations.push(seconds);
  }
  return { waits, durations };
}
