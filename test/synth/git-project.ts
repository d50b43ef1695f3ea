import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { temporaryFolder } from '../temporary-folder';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs git in a folder, which has to succeed. */
export function git(folder: string, ...args: string[]): string {
  const settings = ['user.name=Test', 'user.email=test@example.com', 'commit.gpgsign=false'];
  const options = settings.flatMap((setting) => ['-c', setting]);
  const ended = spawnSync('git', [...options, ...args], { cwd: folder, encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`git ${args.join(' ')}: ${ended.stderr}`);
  return ended.stdout;
}

/** Commits everything that lies in a work tree. */
export function commitAll(folder: string): void {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'All');
}

/**
 * A project in a folder of its own: one Deployment, with a selector by the variable TIER; FAIL makes the program throw
 * before it synthesizes.
 */
export function deploymentProject(): string {
  const folder = temporaryFolder({
    '.gitignore': 'node_modules\n',
    'cdk8s.yaml': 'app: node --import tsx main.ts\noutput: dist\n',
    'main.ts': `
      import { acknowledge, CapstanApp } from ${JSON.stringify(join(PACKAGE_ROOT, 'lib'))};
      import { ApiObject, Chart } from 'cdk8s';
      const labels = { tier: process.env.TIER ?? 'web' };
      const app = new CapstanApp();
      if (process.env.FAIL !== undefined) throw new Error('it fails');
      const web = new ApiObject(new Chart(app, 'shop', { namespace: 'shop' }), 'web', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
        },
      });
      const reason = process.env.REASON;
      if (reason !== undefined) acknowledge(web, 'immutable-field', reason);
      app.synth();`,
  });
  symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Runs the real cdk8s-cli in a project. */
export function cdk8sSynth(folder: string, env: Readonly<Record<string, string>> = {}): Ended {
  const cli = join(PACKAGE_ROOT, 'node_modules/cdk8s-cli/bin/cdk8s');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'synth'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false', ...env },
  });
  return { code: status, out: stdout, err: stderr };
}
