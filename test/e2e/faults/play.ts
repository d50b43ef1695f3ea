import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeed } from '../../../tools/cluster/run';
import { ROOT } from '../../../tools/cluster/state';
import { StepError, until } from '../../../tools/cluster/step';
import { getJson, session } from '../session';
import { BROKER, NAMESPACE, SLOTS, STREAM } from './crew';

const MODULE = join(ROOT, 'test', 'faults');
const BUILD_SECONDS = 900;
const PATIENCE_SECONDS = 240;

/** What a play asks of the oracle. */
export interface Play {
  /** What is staged, such as `rolling update`. */
  readonly fault: string;
  /** Whether effects may happen twice: somebody is killed or cut off. */
  readonly allowsDuplicates: boolean;
  /** The number of the task that takes memory until its process is ended. @default none */
  readonly eatAt?: number;
  /** How long each task works. @default 100 */
  readonly workMillis?: number;
}

/** What the oracle says: test/faults/pods_test.go. */
export interface Judgement {
  readonly confirmed: number;
  readonly effects: number;
  readonly duplicates: number;
  readonly dead: number;
  readonly lost: number;
  /** The most tasks in flight in one process. */
  readonly peak: number;
  readonly findings: readonly string[];
}

/** Builds the producer and oracle of the fault suite; gives the path of the program. */
export async function oracle(): Promise<string> {
  const program = join(session().folder, 'faults.test');
  const args = ['test', '-c', '-o', program, '.'];
  await succeed({ program: 'go', args, cwd: MODULE, timeoutSeconds: BUILD_SECONDS });
  return program;
}

/**
 * Publishes tasks while something is done to those who work on them, waits until all is settled, and judges.
 *
 * @param program of {@link oracle}
 * @param logs folder of the effects, as seen from this machine
 * @param harm is called when tasks are being done, and returns when it is enough
 * @throws StepError when it comes to no end, with its log
 */
export async function playOut(
  program: string,
  logs: string,
  play: Play,
  harm: () => Promise<void>,
): Promise<Judgement> {
  const name = play.fault.replaceAll(/[^a-z0-9]+/gi, '-');
  const folder = join(session().folder, 'plays', name);
  mkdirSync(folder, { recursive: true });
  const files = {
    flowing: join(folder, 'flowing'),
    enough: join(folder, 'enough'),
    result: join(folder, 'result.json'),
  };
  const settings = join(folder, 'play.json');
  const wanted = {
    workMillis: 100,
    ...play,
    ...files,
    ...(await access()),
    logs,
    prefix: `${name}-`,
    slots: SLOTS,
  };
  writeFileSync(settings, JSON.stringify({ ...wanted, everyMillis: 25 }), { mode: 0o600 });
  const log = join(folder, 'oracle.log');
  const args = ['-test.run=^TestOnPods$', '-test.v', '-test.timeout=15m', '-pods', settings];
  const child = spawn(program, args, { cwd: MODULE, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = createWriteStream(log);
  child.stdout.pipe(out, { end: false });
  child.stderr.pipe(out, { end: false });
  let hasEnded = false;
  const ended = new Promise<void>((settle) => {
    child.on('close', () => {
      hasEnded = true;
      settle();
    });
  });
  const wait = (otherwise: string) => ({ otherwise, seconds: PATIENCE_SECONDS, log, isOver: () => hasEnded });
  try {
    await until(() => existsSync(files.flowing), wait('no task was done'));
    await harm();
    writeFileSync(files.enough, '');
    await until(() => existsSync(files.result), wait(`${play.fault}: came to no end`));
  } finally {
    child.kill();
    await ended;
    out.end();
  }
  return JSON.parse(readFileSync(files.result, 'utf8')) as Judgement;
}

/** How the broker is reached from this machine. */
async function access() {
  const service = await getJson<{ spec: { clusterIP: string } }>('service', BROKER, '-n', NAMESPACE);
  const secret = await getJson<{ data: Record<string, string> }>('secret', `${BROKER}-auth`, '-n', NAMESPACE);
  const text = (key: string) => Buffer.from(secret.data[key] ?? '', 'base64').toString();
  const { clusterIP } = service.spec;
  if (clusterIP === 'None') throw new StepError(`the Service ${BROKER} has no address of its own`);
  return {
    server: `nats://${clusterIP}:4222`,
    ...{ stream: STREAM, subject: STREAM, deadStream: `${STREAM}-dead` },
    ...{ user: text('user'), password: text('password') },
  };
}
