import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import type { Access } from '../../../tools/cluster/kubectl';
import { ROOT } from '../../../tools/cluster/state';
import { LOOP } from './photo-loop';

/** The file in a session's folder that holds the look that is kept. */
export const SCALE_OUT = 'status-scale-out.txt';

const SECONDS = 2;
const COMMAND = [
  ...['bin/capstan.cjs', 'status', 'develop', '--environment', LOOP, '--watch', String(SECONDS)],
  ...['--app', 'node --import tsx test/e2e/loop/main.ts'],
];
const TITLE = new RegExp(`^(?=${LOOP}/develop {2})`, 'm');

/** `capstan status --watch` beside what happens. */
export class StatusWatch {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private printed = '';
  private complaints = '';

  constructor({ kubeconfig, programs }: Access) {
    const PATH = [programs, process.env.PATH].join(delimiter);
    const env = { ...process.env, KUBECONFIG: kubeconfig, PATH };
    this.child = spawn(process.execPath, COMMAND, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      this.printed += part;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      this.complaints += part;
    });
    this.ended = new Promise((settle) => this.child.once('close', settle));
  }

  /** Ends it; gives the look that shows most of a scale-out. */
  async stop(): Promise<string> {
    this.child.kill('SIGTERM');
    await this.ended;
    const best = bestLook(this.printed);
    if (best === undefined) throw new Error(`\`capstan status\` saw no scale-out: ${this.complaints}`);
    return best;
  }
}

/** What a look at a scale-out may show. */
const SIGNS = [
  /^ {2}pods .*(starting|without a node)/m,
  /^ {2}backlog +[1-9]/m,
  /^ {2}slots +█/m,
  /^ {14}held by /m,
  /; it goes from /,
];

/**
 * Of the looks that `capstan status --watch` printed, one below the other, the first that shows most of a scale-out:
 * undefined where pods were never missing while tasks waited.
 */
export function bestLook(printed: string): string | undefined {
  const looks = printed
    .split(TITLE)
    .filter((look) => look.startsWith(`${LOOP}/`))
    .map((look) => ({ look: look.trimEnd(), signs: SIGNS.map((sign) => sign.test(look)) }));
  const during = looks.filter(({ signs: [areMissing, isWaiting] }) => areMissing && isWaiting);
  const count = (signs: readonly boolean[]) => signs.filter(Boolean).length;
  const most = Math.max(...during.map(({ signs }) => count(signs)));
  return during.find(({ signs }) => count(signs) === most)?.look;
}
