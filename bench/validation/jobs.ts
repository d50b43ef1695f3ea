import { cpSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readProjectConfig } from '../../lib/cli/app-command';
import { loadSoundProgram } from '../../lib/cli/load-program';
import { selectApps, usesOf } from '../../lib/cli/select';
import { buildAppImage } from '../../lib/codegen/image-build';
import { emptyInput } from '../../lib/measure/inputs';
import type { RunTasks } from '../../lib/measure/one-run';
import { unbounded } from '../../lib/measure/unbounded';
import { withoutTasks } from '../../lib/measure/without-tasks';
import type { WorkerModel } from '../../lib/model';
import { withSettings } from '../../lib/run/settings';
import { buildSite, startSite } from '../plan-vs-measured/test-site';
import { type JobName, MOST_SLOTS } from './cases';
import type { PushedRun } from './pushed-run';

/** A worker, and tasks for it. */
export interface WorkerTasks {
  readonly worker: WorkerModel;
  readonly tasks: RunTasks;
}

/** A job that can be run. */
export interface ReadyJob {
  readonly name: JobName;
  /** The process without any task. */
  readonly idle: WorkerTasks;
  /**
   * Enough tasks for all slots as long as a run lasts; each kind as often as any other where the run ends by itself.
   *
   * @param wanted tasks that a run is to have
   */
  full(wanted: number): WorkerTasks;
  /** Tasks that are pushed one by one; they repeat after `distinct` of them. */
  readonly pushed: Pick<PushedRun, 'worker' | 'input' | 'payload'>;
  readonly distinct: number;
  /** Tasks among which each size is met about as often as at a random moment. */
  readonly lap: number;
}

/** The embedded queue, which a run on this machine has as well. */
const ENVIRONMENT = 'edge';

/** Photos of examples/photos that are developed here: small ones of each format, so that a run has many tasks. */
const PHOTOS = /^(graphics\/|web\/|tiny|夕焼け)/;

/** Copies of the photos that are sent one by one. */
const COPIES = 50;

/** Pages of the site that are asked for one by one, each under many names. */
const PAGES = 250;

/** Builds both jobs and what their tasks are about; `stop` ends it. */
export async function readyJobs(
  root: string,
  scratch: string,
): Promise<{ readonly jobs: Readonly<Record<JobName, ReadyJob>>; stop(): void }> {
  const workerOf = await workers(root);
  const site = await startSite(buildSite(join(scratch, 'site')));
  return {
    jobs: {
      develop: developJob(workerOf('develop'), scratch),
      crawl: crawlJob(workerOf('crawl'), site.url),
    },
    stop: () => site.stop(),
  };
}

async function workers(root: string): Promise<(name: JobName) => WorkerModel> {
  const { app } = readProjectConfig(root);
  const program = await loadSoundProgram(app, root);
  for (const built of selectApps(usesOf(program), ['develop', 'crawl'])) {
    await buildAppImage(built, {
      folder: root,
      lockFile: program.images.lockFile,
      onBuild: (name) => console.log(`building ${name}`),
    });
  }
  return (name) => {
    const found = program.workers.find((it) => it.name === name && it.environmentName === ENVIRONMENT);
    if (found === undefined) throw new Error(`${ENVIRONMENT} has no worker ${name}`);
    return unbounded(found);
  };
}

function developJob(worker: WorkerModel, scratch: string): ReadyJob {
  const photos = readdirSync('examples/photos', { recursive: true, encoding: 'utf8' })
    .filter((it) => PHOTOS.test(it) && it.includes('.'))
    .sort();
  const originals = join(scratch, 'originals');
  for (const photo of photos) cpSync(join('examples/photos', photo), join(originals, photo));
  const copies = (count: number): string => {
    const folder = join(scratch, `photos-${count}`);
    for (let copy = 1; copy <= count && !existsSync(join(folder, String(count))); copy++) {
      for (const photo of photos) link(join(originals, photo), join(folder, String(copy), photo));
    }
    return folder;
  };
  const input = copies(COPIES);
  return {
    name: 'develop',
    idle: { worker, tasks: { input: emptyInput(join(scratch, 'none')) } },
    full: (wanted) => ({
      worker,
      tasks: { input: copies(Math.max(1, Math.round(wanted / photos.length))) },
    }),
    pushed: {
      worker,
      input,
      payload: (index) => {
        // What is developed already is not developed again.
        const copy = 1 + (Math.floor(index / photos.length) % COPIES);
        return { path: `${copy}/${photos[index % photos.length]}`, bytes: 0 };
      },
    },
    distinct: photos.length,
    lap: photos.length,
  };
}

function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  linkSync(from, to);
}

function crawlJob(model: WorkerModel, url: string): ReadyJob {
  const worker = withSettings(model, { perHost: String(2 * MOST_SLOTS) });
  return {
    name: 'crawl',
    idle: { worker: withoutTasks(worker), tasks: {} },
    full: () => ({ worker, tasks: { seeds: [url] } }),
    pushed: {
      worker: withSettings(worker, { maxPages: '1' }),
      // The same page under another name is another task.
      payload: (index) => ({ url: new URL(`/p/${1 + (index % PAGES)}?n=${index}`, url).href }),
    },
    distinct: PAGES,
    // One page in 50 is slow, and links lead to several of them early: fewer would be a matter of where a crawl begins.
    lap: PAGES,
  };
}
