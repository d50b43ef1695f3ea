import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from '../../tools/cluster/kubectl';
import { kubectl as runKubectl, tryKubectl as tryToRun } from '../../tools/cluster/kubectl';
import type { Ended } from '../../tools/cluster/run';
import { type Cluster, readCluster } from '../../tools/cluster/state';
import { Progress } from '../../tools/cluster/step';
import { add } from '../../tools/cluster/up';
import { inOneLine, withLog } from './one-line';

/** The variable that names the file that a run writes its {@link Session} to. */
export const SESSION_VARIABLE = 'CAPSTAN_E2E';

/** What the suites of a run share. */
export interface Session {
  readonly access: Access;
  /** The name of the cluster, where it is ours; undefined for a kubeconfig that was given. */
  readonly cluster?: string;
  /** The folder for logs and for what steps record, absolute. */
  readonly folder: string;
  /**
   * Where recordings go that are kept.
   * @default {@link folder}
   */
  readonly recordTo?: string;
  /**
   * Whether suites leave out what takes long and is like something else.
   * @default they do all
   */
  readonly isShort?: boolean;
}

/** One step of a suite, as a line of `steps.jsonl` in the session's folder. */
export interface Step {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  readonly passed: boolean;
  /** What was measured, for docs/e2e.md. @default nothing */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** What a step learned, for docs/e2e.md. */
export type Facts = Readonly<Record<string, string | number>>;

/** The log of a suite. */
export function logOfSuite({ folder }: Pick<Session, 'folder'>, suite: string): string {
  return join(folder, `${suite}.log`);
}

/** The session of this run. */
export function session(): Session {
  const file = process.env[SESSION_VARIABLE];
  if (file === undefined || !existsSync(file)) throw new Error('suites are run by `npm run e2e`');
  return JSON.parse(readFileSync(file, 'utf8')) as Session;
}

/** The cluster of this run; undefined where a kubeconfig was given. */
export function ownCluster(): Cluster | undefined {
  const { cluster } = session();
  return cluster === undefined ? undefined : readCluster(cluster);
}

/**
 * The cluster of this run, for a suite that harms it or brings images of its own.
 *
 * @throws Error where a kubeconfig was given
 */
export function needCluster(): Cluster {
  const cluster = ownCluster();
  if (cluster === undefined) throw new Error('this suite needs a cluster of its own: leave out --kubeconfig');
  return cluster;
}

/**
 * Runs kubectl, which has to succeed; gives what it printed.
 *
 * @param timeoutSeconds after which it is killed; 120 unless told
 */
export function kubectl(args: readonly string[], input?: string, timeoutSeconds?: number): Promise<string> {
  return runKubectl(session().access, args, input, timeoutSeconds);
}

/** Runs kubectl to its end, however it ends. */
export function tryKubectl(args: readonly string[], input?: string): Promise<Ended> {
  return tryToRun(session().access, args, input);
}

/** Reads an object, or a list of objects, as JSON. */
export async function getJson<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl(['get', ...args, '--output=json'])) as T;
}

/**
 * Brings add-ons to the cluster, where it is ours; one that is given has to have them.
 */
export async function needAddons(...names: readonly string[]): Promise<void> {
  const { cluster } = session();
  if (cluster !== undefined) await add(cluster, names, new Progress(say));
}

/**
 * Does one step of a suite: tells how long it took, or in one line what failed and where its log is; and keeps it for
 * docs/e2e.md.
 *
 * @param name what is then so, such as `everything of dist/dev is ready`
 * @param work may give facts
 */
export async function step(
  suite: string,
  name: string,
  work: () => Promise<Facts | undefined>,
): Promise<void> {
  const start = Date.now();
  const keep = (how: Pick<Step, 'passed' | 'facts'>) => {
    const seconds = Math.round((Date.now() - start) / 100) / 10;
    const done: Step = { suite, name, seconds, ...how };
    appendFileSync(join(session().folder, 'steps.jsonl'), `${JSON.stringify(done)}\n`);
    return seconds;
  };
  try {
    const facts = await work();
    say(`ok     ${name} (${keep({ passed: true, ...(facts !== undefined && { facts }) })} s)`);
  } catch (error) {
    const said = inOneLine(error instanceof Error ? error.message : String(error));
    say(`FAILED ${name} (${keep({ passed: false })} s): ${withLog(said, logOfSuite(session(), suite))}`);
    throw error;
  }
}

/** Prints a line about how far a suite is, where jest would hide it. */
export function say(line: string): void {
  process.stderr.write(`    ${line}\n`);
}
