import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { WorkerReport } from '../../lib/contract/zz_report.gen';

const ROOT = resolve(__dirname, '../..');

/** The example photos; three of them are broken. */
export const PHOTOS = join(ROOT, 'examples/photos');

/** How a run of the command ended. */
export interface RunOutcome {
  readonly code: number | null;
  /** What a person sees. */
  readonly text: string;
  readonly report: WorkerReport | undefined;
}

/** A run that is under way. */
export interface RunningWorker {
  readonly command: ChildProcess;
  /** Ends when a line of the worker's log holds the text. */
  logged(text: string, times?: number): Promise<void>;
  readonly ended: Promise<RunOutcome>;
}

/** Starts `capstan run develop --runc` with its results in a folder. */
export function startDevelop(output: string, ...options: string[]): RunningWorker {
  const args = ['bin/capstan.cjs', 'run', 'develop', '--runc', '--output', output, ...options];
  const command = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [command.stdout, command.stderr]) stream?.on('data', (part) => (text += String(part)));
  const ended = new Promise<RunOutcome>((settle, fail) => {
    command.on('error', fail);
    command.on('close', (code) => settle({ code, text, report: reportIn(output) }));
  });
  return { command, ended, logged: (line, times = 1) => logged(output, line, times, command) };
}

/** Runs develop to its end. */
export function develop(output: string, ...options: string[]): Promise<RunOutcome> {
  return startDevelop(output, ...options).ended;
}

function reportIn(output: string): WorkerReport | undefined {
  const file = join(output, '.capstan/report.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as WorkerReport) : undefined;
}

/** The lines of a run's log, the latest run last. */
export function logLines(output: string): string[] {
  const file = join(output, '.capstan/worker.log');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

async function logged(output: string, text: string, times: number, command: ChildProcess): Promise<void> {
  const count = () => logLines(output).filter((line) => line.includes(text)).length;
  while (count() < times) {
    if (command.exitCode !== null) throw new Error(`the run ended before it logged ${text} ${times} times`);
    await new Promise((wake) => setTimeout(wake, 5));
  }
}

/** The photos whose metadata and thumbnail are in place. */
export function finished(output: string): string[] {
  const files = readdirSync(output, { recursive: true, encoding: 'utf8' });
  const thumbnails = new Set(files.filter((file) => file.endsWith('.thumb.jpg')));
  return files
    .filter((file) => file.endsWith('.json') && !file.startsWith('.capstan'))
    .map((file) => file.slice(0, -'.json'.length))
    .filter((photo) => thumbnails.has(`${photo}.thumb.jpg`))
    .sort();
}

/** A folder that goes with the test. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `capstan-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A copy of some of the photos, as an input of its own. */
export function copyPhotos(to: string, ...photos: string[]): string {
  for (const photo of photos) cpSync(join(PHOTOS, photo), join(to, photo));
  return to;
}
