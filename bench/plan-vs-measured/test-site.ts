import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { SITE } from './cases';

/** A running site. */
export interface TestSite {
  /** Where a crawl starts. */
  readonly url: string;
  stop(): void;
}

/**
 * Builds the local test site of apps/crawl.
 *
 * @param binary where it goes
 * @returns binary
 */
export function buildSite(binary: string): string {
  execFileSync('go', ['build', '-o', binary, './site'], { cwd: 'apps/crawl', stdio: 'inherit' });
  return binary;
}

/** Starts the local test site of apps/crawl and waits until it serves. */
export async function startSite(binary: string): Promise<TestSite> {
  const args = ['-pages', String(SITE.pages), '-latency', SITE.latency, '-broken', '0'];
  const site = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((settle, fail) => {
    site.once('error', fail);
    site.once('exit', (code) => fail(new Error(`the test site ended with exit code ${code}`)));
    createInterface({ input: site.stdout }).once('line', settle);
  });
  return { url, stop: () => site.kill('SIGTERM') };
}
