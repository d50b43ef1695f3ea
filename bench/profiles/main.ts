import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSite, startSite } from '../plan-vs-measured/test-site';

const ROOT = resolve(__dirname, '../..');

/** Most pages at the same time: as many as the largest pool of crawl has slots. */
const PAGES = 64;

/** Measures both jobs of Darkroom into the profile.json of their apps, `crawl` at the test site. */
async function main(): Promise<void> {
  process.chdir(ROOT);
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-profiles-'));
  try {
    const binary = buildSite(join(scratch, 'site'));
    const site = await startSite(binary);
    try {
      const perHost = `perHost=${PAGES}`;
      measure(
        'apps/crawl',
        '--seed',
        site.url,
        '--set',
        perHost,
        '--levels',
        `1,4,16,${PAGES}`,
        '--cpu',
        '1',
      );
    } finally {
      site.stop();
    }
    // Last: it uses all cores up, and the other would take the machine for a busy one.
    measure('apps/develop', '--input', 'examples/photos', '--levels', '1,2,4', '--cpu', '2');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** `edge` has the queue that a run on one machine has; the costs of a task are the same in all environments. */
function measure(app: string, ...options: readonly string[]): void {
  const args = ['bin/capstan.cjs', 'measure', app, '--environment', 'edge', '--rounds', '5', ...options];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${app} was not measured`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
