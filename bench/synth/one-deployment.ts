import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Cost, Start } from './measurement';

const ROOT = resolve(__dirname, '../..');
const PACKAGES = ['cdk8s', 'cdk8s-cli', 'cdk8s-plus-27', 'constructs', 'yaml'];
const KINDS = ['stock', 'capstan'] as const;

const IMPORTS: Readonly<Record<Start['kind'], string>> = {
  stock: "const { App } = require('cdk8s');",
  capstan: "const { CapstanApp: App } = require('capstan');",
};

const PROGRAM = `
const { Chart } = require('cdk8s');
const { Deployment } = require('cdk8s-plus-27');
const app = new App();
const containers = [{ image: 'nginx:1.29', portNumber: 80 }];
new Deployment(new Chart(app, 'web'), 'Web', { metadata: { name: 'web' }, containers });
app.synth();
`;

/**
 * Starts the same one-Deployment program by `npx cdk8s synth`, on cdk8s and on the built package, in turn.
 *
 * @throws Error when the two write different manifests
 */
export function startPrograms(rounds: number): Start[] {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-one-deployment-'));
  try {
    for (const kind of KINDS) makeProject(join(scratch, kind), IMPORTS[kind]);
    const starts = Array.from({ length: rounds + 1 }, () =>
      KINDS.map((kind) => ({ kind, ...start(join(scratch, kind)) })),
    );
    const [one, other] = KINDS.map((kind) => readFileSync(join(scratch, kind, 'dist/web.k8s.yaml'), 'utf8'));
    if (one !== other) throw new Error('the two programs wrote different manifests');
    // The first ones read everything from the disk.
    return starts.slice(1).flat();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function makeProject(folder: string, imports: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const name of PACKAGES) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  symlinkSync(ROOT, join(modules, 'capstan'));
  symlinkSync('../cdk8s-cli/bin/cdk8s', join(modules, '.bin/cdk8s'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  writeFileSync(join(folder, 'cdk8s.yaml'), 'app: node main.js\noutput: dist\n');
  writeFileSync(join(folder, 'main.js'), `${imports}${PROGRAM}`);
}

function start(folder: string): Cost {
  const begin = performance.now();
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false' };
  // Of Node's own counters none has the processes that have ended.
  const script = 'npx cdk8s synth >&2 && times';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(`cdk8s synth failed:\n${stderr}`);
  return { wallSeconds: (performance.now() - begin) / 1000, cpuSeconds: childSeconds(stdout) };
}

/** Seconds of the second line of `times`, such as `0m1.520s 0m0.310s`. */
function childSeconds(times: string): number {
  const spans = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return spans.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}
