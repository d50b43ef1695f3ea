import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Delivery } from '../../deploy/argocd/delivery';
import { CapstanApp, type JsonObject } from '../../lib';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { runToEnd } from '../../tools/cluster/run';
import type { Settings } from './program/main';

const { documentsIn } = require('../../tools/manifests/environments.cjs');

const TSX = join(PACKAGE_ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs');
const PROGRAM = join(PACKAGE_ROOT, 'test', 'argocd', 'program', 'main.ts');
const CAPSTAN = join(PACKAGE_ROOT, 'bin', 'capstan.cjs');
/** What the program needs beside it, and the repository does not hold. */
const BESIDE = ['apps'];
const CONFIG = `language: typescript\napp: node --import ${TSX} ${PROGRAM}\noutput: dist\n`;

/** What a push brought: whether it was taken, and what CI said. */
export interface Push {
  readonly isTaken: boolean;
  readonly said: string;
}

/**
 * A repository as people have it: a clone to work in, and the one that is pushed to and that Argo CD reads. Each push
 * has to pass the check that CI runs, `capstan synth --check`, in a checkout of the pushed commit.
 */
export class Repository {
  /** What is worked in. */
  readonly clone: string;
  private readonly bare: string;

  constructor(private readonly folder = mkdtempSync(join(tmpdir(), 'capstan-argocd-'))) {
    this.clone = join(folder, 'clone');
    this.bare = join(folder, 'darkroom.git');
    this.git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', this.bare);
    this.git(folder, 'init', '--quiet', '--initial-branch=main', this.clone);
    this.git(this.clone, 'remote', 'add', 'origin', this.url);
    writeFileSync(join(this.clone, '.git', 'info', 'exclude'), `${BESIDE.join('\n')}\n`);
    for (const name of BESIDE) symlinkSync(join(PACKAGE_ROOT, name), join(this.clone, name));
    writeFileSync(join(this.clone, 'cdk8s.yaml'), CONFIG);
    const hook = join(this.bare, 'hooks', 'pre-receive');
    writeFileSync(hook, this.check());
    chmodSync(hook, 0o755);
  }

  /** What Argo CD clones. */
  get url(): string {
    return `file://${this.bare}`;
  }

  /** The commit that the main branch is at. */
  get head(): string {
    return this.git(this.clone, 'rev-parse', 'HEAD').trim();
  }

  /** What the last commit has in dist/dev. */
  documents(): JsonObject[] {
    const folder = join(this.clone, 'dist', 'dev');
    const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');
    return files.flatMap((name) => documentsIn(join(folder, name)) as JsonObject[]);
  }

  /** Writes how Argo CD delivers the repository: deploy/argocd/manifests. */
  writeDelivery(): void {
    const outdir = join(this.clone, 'deploy', 'argocd', 'manifests');
    const app = new CapstanApp({ outdir, syncWaves: true });
    new Delivery(app, 'delivery', {
      source: { repository: this.url, revision: 'main' },
      places: [{ name: 'dev', path: 'dist/dev' }],
    });
    app.synth();
  }

  /** Writes settings, and runs `capstan synth` as who changes them does. */
  async synthesize(settings: Settings): Promise<{ readonly code: number; readonly said: string }> {
    writeFileSync(join(this.clone, 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
    const synth = { program: process.execPath, args: [CAPSTAN, 'synth'], cwd: this.clone };
    const { code, stdout, stderr } = await runToEnd(synth);
    return { code, said: stdout + stderr };
  }

  /** Changes a file by hand. */
  edit(path: string, change: (text: string) => string): void {
    const file = join(this.clone, path);
    const [before, after] = [readFileSync(file, 'utf8'), change(readFileSync(file, 'utf8'))];
    if (before === after) throw new Error(`nothing of ${path} is changed`);
    writeFileSync(file, after);
  }

  /** Writes a file by hand. */
  write(path: string, text: string): void {
    writeFileSync(join(this.clone, path), text);
  }

  /** Commits all that has changed. */
  commit(message: string): void {
    this.git(this.clone, 'add', '--all');
    this.git(this.clone, 'commit', '--quiet', '--message', message);
  }

  /** Takes the last commit back with one more, as a rollback does. */
  revert(): void {
    this.git(this.clone, 'revert', '--no-edit', 'HEAD');
  }

  /** Throws away the last commit, which nobody has taken. */
  drop(): void {
    this.git(this.clone, 'reset', '--quiet', '--hard', 'HEAD~1');
  }

  async push(): Promise<Push> {
    const push = { program: 'git', args: ['-C', this.clone, 'push', 'origin', 'main'] };
    const { code, stdout, stderr } = await runToEnd(push);
    return { isTaken: code === 0, said: stdout + stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What CI does with a commit before others see it. */
  private check(): string {
    const links = BESIDE.map((name) => `ln -s ${join(PACKAGE_ROOT, name)} "$checkout/${name}"`);
    return [
      '#!/bin/sh',
      'set -eu',
      'read -r _ commit _',
      'checkout=$(mktemp -d)',
      `trap 'rm -rf "$checkout"' EXIT`,
      'git archive "$commit" | tar -x -C "$checkout"',
      ...links,
      'cd "$checkout"',
      'unset GIT_DIR GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH',
      `"${process.execPath}" ${CAPSTAN} synth --check`,
      '',
    ].join('\n');
  }

  private git(folder: string, ...args: readonly string[]): string {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid'];
    return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' });
  }
}
