import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the scheduler said of a pod: its node, or why it has none. */
export interface Answer {
  readonly node?: string;
  readonly message?: string;
}

/** What the scheduler made of an environment; pods by name. */
export interface Outcome {
  readonly name: string;
  readonly alone: Readonly<Record<string, Answer>>;
  readonly pods: Readonly<Record<string, Answer>>;
  readonly pushedOut: number;
}

/** There is no program, and no Go to build it with. */
export class MissingProgramError extends Error {}

/** Asks the real scheduler about environments, each as tools/scheduler-oracle reads it. */
export function askScheduler(environments: readonly object[]): Outcome[] {
  const input = environments.map((it) => `${JSON.stringify(it)}\n`).join('');
  const { status, stdout, stderr } = spawnSync(program(), [], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
  });
  if (status !== 0) throw new Error(stderr.trim() || `the scheduler oracle ended with ${status}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}

/** The path of the program, which is built when its sources changed: some 2 CPU minutes the first time. */
function program(): string {
  const sources = readdirSync(__dirname).filter((file) => /\.go$|^go\.(mod|sum)$/.test(file));
  const hash = createHash('sha256');
  for (const file of sources.sort()) hash.update(file).update(readFileSync(join(__dirname, file)));
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'capstan/programs', `scheduler-oracle-${hash.digest('hex').slice(0, 16)}`);
  const path = join(folder, 'scheduler-oracle');
  if (existsSync(path)) return path;
  if (spawnSync('go', ['version']).status !== 0) {
    throw new MissingProgramError('no scheduler oracle: building it needs Go');
  }
  mkdirSync(folder, { recursive: true });
  const part = `${path}.${process.pid}.part`;
  const args = ['build', '-mod=readonly', '-trimpath', '-ldflags', '-s -w', '-o', part, '.'];
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-buildvcs=false' };
  const built = spawnSync('go', args, { cwd: __dirname, env, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the scheduler oracle was not built:\n${built.stderr}`);
  renameSync(part, path);
  return path;
}
