// `npm run e2e -- [SUITE...]`: brings a real cluster up on this machine, runs suites on it one after the other, and takes
// it down again, whatever happens.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { accessTo } from '../../tools/cluster/control-plane';
import { ADDONS_TO_BE_READY } from '../../tools/cluster/deploy';
import { down } from '../../tools/cluster/down';
import { whileHolding } from '../../tools/cluster/lock';
import { endAll, pidsWith } from '../../tools/cluster/processes';
import { built } from '../../tools/cluster/programs';
import { allClusters, ROOT } from '../../tools/cluster/state';
import { Progress, StepError } from '../../tools/cluster/step';
import { up } from '../../tools/cluster/up';
import { firstFailure, withLog } from './one-line';
import { type Result, writeReport } from './report';
import { logOfSuite, SESSION_VARIABLE, type Session } from './session';

const SUITES = join(__dirname, 'suites');
const RECORDED = join(__dirname, 'recorded');
/** In this order; what is not named here comes after. */
const ORDER = ['core'];
/** Runs only where it is named: it fails. */
const PLANTED = 'planted';
const NAME = 'e2e';
const LAST_LINES = 60;

let isToldToEnd = false;

interface Options {
  readonly kubeconfig?: string;
  readonly keep?: boolean;
  readonly report?: boolean;
  readonly short?: boolean;
}

function allSuites(): string[] {
  const names = readdirSync(SUITES).map((name) => name.replace(/\.test\.ts$/, ''));
  return [...ORDER, ...names.filter((name) => ![...ORDER, PLANTED].includes(name)).sort()];
}

async function main(names: readonly string[], options: Options): Promise<number> {
  const unknown = names.filter((name) => ![...allSuites(), PLANTED].includes(name));
  if (unknown.length > 0)
    throw new StepError(`suite must be of ${allSuites().join(', ')}, got ${unknown.join(', ')}`);
  const folder = join(ROOT, '.capstan', 'e2e');
  await endFormerSuites();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const progress = new Progress();
  const session = await open(folder, options, progress);
  const file = join(folder, 'session.json');
  const { report, short } = options;
  const wanted = { ...session, ...(report && { recordTo: RECORDED }), ...(short && { isShort: true }) };
  writeFileSync(file, JSON.stringify(wanted));
  const results: Result[] = [];
  try {
    for (const name of names.length > 0 ? names : allSuites())
      if (!isToldToEnd) results.push(await runSuite(name, file, session));
    if (report) await writeReport(session, results);
  } finally {
    if (!options.keep && session.cluster !== undefined) await whileHolding(NAME, () => down(NAME, progress));
  }
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(`${results.length - failed} passed, ${failed} failed${isToldToEnd ? ', told to end' : ''}`);
  return failed > 0 || isToldToEnd ? 1 : 0;
}

async function open(folder: string, { kubeconfig }: Options, progress: Progress): Promise<Session> {
  if (kubeconfig !== undefined) {
    const programs = await built('cluster/build.sh');
    return { access: { kubeconfig: resolve(process.env.INIT_CWD ?? '.', kubeconfig), programs }, folder };
  }
  const wanted = {
    name: NAME,
    simulatedNodes: 0,
    hasRealNode: true,
    addons: ADDONS_TO_BE_READY,
    autoscalerSeconds: 15,
  };
  const cluster = await up(wanted, progress);
  await takeDownFormerOnes(progress);
  return { access: accessTo(cluster), cluster: NAME, folder };
}

/** A run that was killed leaves its suite behind, which would go on with the cluster of this one. */
function endFormerSuites(): Promise<void> {
  return endAll(pidsWith(SESSION_VARIABLE), 0);
}

/** Clusters that a suite of a run that was killed had beside its own. */
async function takeDownFormerOnes(progress: Progress): Promise<void> {
  const names = allClusters().map(({ name }) => name);
  for (const name of names.filter((it) => it.startsWith(`${NAME}-`)))
    await whileHolding(name, () => down(name, progress));
}

/** Runs a suite; its log holds all, and what it says of its steps is passed on. */
async function runSuite(name: string, sessionFile: string, session: Session): Promise<Result> {
  const log = logOfSuite(session, name);
  const start = Date.now();
  console.log(`-- ${name}`);
  const code = await runJest(name, sessionFile, log);
  const seconds = Math.round((Date.now() - start) / 1000);
  if (code !== 0) {
    const said = readFileSync(log, 'utf8');
    const why = firstFailure(said) ?? `jest ended with ${code}`;
    console.log(`FAILED  ${name} (${seconds} s): ${withLog(why, log)}`);
    console.log(said.trimEnd().split('\n').slice(-LAST_LINES).join('\n'));
  } else console.log(`ok      ${name} (${seconds} s)`);
  return { name, seconds, passed: code === 0 };
}

function runJest(name: string, sessionFile: string, log: string): Promise<number> {
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = ['-c', 'jest.e2e.config.cjs', '--runInBand', join(SUITES, `${name}.test.ts`)];
  const env = { ...process.env, [SESSION_VARIABLE]: sessionFile };
  const child = spawn(process.execPath, [jest, ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = createWriteStream(log);
  child.stdout.pipe(file, { end: false });
  child.stderr.on('data', (part: Buffer) => {
    file.write(part);
    // Steps are told of with four spaces before them.
    const lines = String(part)
      .split('\n')
      .filter((line) => /^ {4}\S/.test(line) && !/^ {4}at /.test(line));
    for (const line of lines.filter((it) => /^ {4}(ok|FAILED|\[)/.test(it))) console.log(line);
  });
  const passOn = () => child.kill('SIGTERM');
  process.on('SIGTERM', passOn);
  return new Promise((settle) => {
    child.on('close', (code) => {
      process.off('SIGTERM', passOn);
      file.end(() => settle(code ?? 1));
    });
  });
}

const program = new Command('e2e')
  .description('Runs suites on a real cluster on this machine.')
  .argument('[suite...]', `of ${allSuites().join(', ')} (default: all)`)
  .option('--kubeconfig <file>', 'a cluster of yours instead: suites make and remove namespaces there')
  .option('--keep', 'leave the cluster up at the end')
  .option('--report', 'write docs/e2e.md and test/e2e/recorded')
  .option('--short', 'of the faults only those that are least alike')
  .action(async (names: string[], options: Options) => {
    process.exitCode = await main(names, options);
  });
// A suite that is told to end fails, no other one begins, and the cluster is taken down.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    isToldToEnd = true;
  });
program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof StepError)) throw error;
  console.error(`FAILED: ${error.message}`);
  process.exitCode = 1;
});
