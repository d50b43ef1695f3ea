import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foundProgram } from '../../found-program';

/** The folder of Pulumi's programs; `undefined`, with a line that says so, where they are not built and CI is not set. */
export function pulumiPrograms(): string | undefined {
  return foundProgram('pulumi/build.sh');
}

/** How a run of `pulumi` ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** What it printed, on both streams. */
  readonly output: string;
}

/** A place of its own for Pulumi: its state, its settings and its programs. Nothing of the user's is read or written. */
export class PulumiHome {
  /** Removed at the end. */
  readonly folder = mkdtempSync(join(tmpdir(), 'capstan-pulumi-'));
  /** Variables for each run. */
  readonly env: Readonly<Record<string, string>>;

  constructor(
    readonly programs: string,
    kubeconfig: string,
  ) {
    const home = join(this.folder, 'home');
    const state = join(this.folder, 'state');
    for (const folder of [home, state]) mkdirSync(folder);
    symlinkSync(join(programs, 'plugins'), join(home, 'plugins'));
    this.env = {
      HOME: this.folder,
      KUBECONFIG: kubeconfig,
      PATH: `${join(programs, 'bin')}:${process.env.PATH}`,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: 'of the test',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      // The newest language host that is published for Go is too old to hear of the options in Pulumi.yaml. It has the
      // program compiled by ts-node, which is not to check types as well.
      PULUMI_NODEJS_TRANSPILE_ONLY: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    };
  }

  /** Runs `pulumi` to its end, however it ends. */
  run(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const child = spawn(
      join(this.programs, 'bin', 'pulumi'),
      [...args, '--non-interactive', '--color', 'never'],
      {
        cwd: folder,
        env: { ...this.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const printed = { stdout: '', output: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      printed.stdout += part;
      printed.output += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      printed.output += part;
    });
    return new Promise((settle, fail) => {
      child.on('error', fail);
      child.on('close', (code) => settle({ code: code ?? -1, ...printed }));
    });
  }

  /** What is kept of a stack, as it is kept. */
  state(project: string, stack: string): string {
    return readFileSync(join(this.folder, 'state', '.pulumi', 'stacks', project, `${stack}.json`), 'utf8');
  }

  /** Removes all of it. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
