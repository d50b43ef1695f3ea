import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { limitedTo } from '../../lib/measure/cpu-limit';
import type { WorkerModel } from '../../lib/model';
import { runWorker } from '../../lib/run/run-worker';
import { MOST_CPU_SHARES } from '../../lib/run/runc/runtime-spec';

/** A task of a run into which tasks are pushed. */
export interface PushedTask {
  /** Its number, in the order in which they were sent. */
  readonly index: number;
  /** From when it was sent until its handler began, in seconds. */
  readonly waitSeconds: number;
  /** Time in its handler, in seconds. */
  readonly seconds: number;
}

/** What came of a run into which tasks were pushed. */
export interface PushedOutcome {
  readonly tasks: readonly PushedTask[];
  /** CPU seconds of the whole process, its start included. */
  readonly cpuSeconds: number;
}

/** A worker and where its run takes place. */
export interface PushedRun {
  readonly worker: WorkerModel;
  readonly slots: number;
  readonly cores: number;
  /** Folder of the program. */
  readonly folder: string;
  /** A folder for what the run leaves behind. */
  readonly scratch: string;
  /** A folder that the handler reads. */
  readonly input?: string;
  /** The payload of the task with this number. */
  payload(index: number): object;
}

/**
 * Pushes tasks to a worker at given times in seconds, and reads from its log how long each waited and ran.
 *
 * @throws Error when one of them was not done: then waits are not those of the run that was wanted
 */
export async function runPushed(run: PushedRun, times: readonly number[]): Promise<PushedOutcome> {
  const output = join(run.scratch, 'pushed');
  const stop = new AbortController();
  const sent: number[] = [];
  let pushed = Promise.resolve();
  const { folders, report } = await runWorker({
    worker: limitedTo(run.cores, run.worker),
    folder: run.folder,
    output,
    slots: run.slots,
    ...(run.input !== undefined && { input: run.input }),
    isPushed: true,
    container: { cpuCores: run.cores, cpuShares: MOST_CPU_SHARES, images: join(run.scratch, 'images') },
    stop: stop.signal,
    progress: () => ({ take: () => undefined, end: () => undefined }),
    onCompile: () => undefined,
    onIntake: (address) => {
      pushed = push(address, times, run.payload, sent).finally(() => stop.abort());
    },
  });
  await pushed;
  const tasks = doneIn(readFileSync(folders.log, 'utf8'), sent);
  rmSync(output, { recursive: true, force: true });
  if (tasks.length < times.length) {
    throw new Error(`${run.worker.name}: ${tasks.length} of ${times.length} tasks were done`);
  }
  return { tasks, cpuSeconds: report?.process.cpuSeconds ?? Number.NaN };
}

async function push(
  address: string,
  times: readonly number[],
  payload: (index: number) => object,
  sent: number[],
): Promise<void> {
  const start = Date.now();
  const posts: Promise<unknown>[] = [];
  for (const [index, time] of times.entries()) {
    const early = start + time * 1000 - Date.now();
    if (early > 0) await new Promise((wake) => setTimeout(wake, early));
    sent.push(Date.now() / 1000);
    const body = JSON.stringify(payload(index));
    posts.push(fetch(`http://${address}/tasks?id=${index}`, { method: 'POST', body }));
  }
  await Promise.all(posts);
}

interface FinishedLine {
  readonly id?: string;
  readonly time?: string;
  readonly seconds?: number;
  readonly outcome?: string;
}

/** The tasks that a worker's log says were done, by the times in seconds at which they were sent. */
export function doneIn(log: string, sent: readonly number[]): PushedTask[] {
  return log
    .split('\n')
    .filter((line) => line.includes('"task finished"'))
    .flatMap((line) => {
      const { id = '', time = '', seconds = 0, outcome } = JSON.parse(line) as FinishedLine;
      const index = Number(id);
      const sentAt = sent[index];
      if (sentAt === undefined || outcome !== 'done') return [];
      return { index, waitSeconds: Math.max(0, Date.parse(time) / 1000 - seconds - sentAt), seconds };
    });
}
