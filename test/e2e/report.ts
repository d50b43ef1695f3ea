import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { renewCaptures } from '../../tools/captures/page';
import { kubectl } from '../../tools/cluster/kubectl';
import { built } from '../../tools/cluster/programs';
import { runToEnd } from '../../tools/cluster/run';
import { ROOT, readCluster } from '../../tools/cluster/state';
import { SCALE_OUT } from './loop/status-watch';
import type { Session, Step } from './session';

/** How a suite ended. */
export interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly passed: boolean;
}

const REPORT = join(ROOT, 'docs', 'e2e.md');

interface NodeInfo {
  readonly items: readonly {
    readonly status: {
      readonly nodeInfo: { readonly kubeletVersion: string; readonly containerRuntimeVersion: string };
    };
  }[];
}

/**
 * Writes docs/e2e.md: what ran, on what, and how long it took. What it says of suites that did not run now stays. The
 * capture of a scale-out goes to docs/status.md.
 */
export async function writeReport(session: Session, results: readonly Result[]): Promise<void> {
  const steps = stepsOf(session.folder);
  const sections = sectionsIn(existsSync(REPORT) ? readFileSync(REPORT, 'utf8') : '');
  for (const { name, passed, seconds } of results) {
    const rows = steps.filter(({ suite }) => suite === name).map(row);
    const title = `## ${name}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s`;
    sections.set(
      name,
      [title, '', '| step | seconds | measured |', '| --- | ---: | --- |', ...rows].join('\n'),
    );
  }
  const head = [
    '# The real cluster',
    '',
    'Written by `npm run e2e -- --report`, a part for each suite. Do not edit. Programs and images were built before.',
    '`node --import tsx test/ci/e2e-runs.ts` checks the runs themselves: a step that fails says in one line what failed and',
    'where its log is, two runs in a row work, one that was killed half-way is cleaned up by the next, and nothing is left.',
    '',
    ...(await versions(session)),
    `- last run: ${lastRun(results)}`,
  ].join('\n');
  const order = [...sections.keys()].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  writeFileSync(REPORT, `${[head, ...order.map((name) => sections.get(name))].join('\n\n')}\n`);
  const scaleOut = join(session.folder, SCALE_OUT);
  if (existsSync(scaleOut)) renewCaptures({ 'scale-out': readFileSync(scaleOut, 'utf8') });
}

/** Which suites it was that ran one after the other, and how long that took. */
function lastRun(results: readonly Result[]): string {
  const seconds = results.reduce((sum, it) => sum + it.seconds, 0);
  return `${results.map(({ name }) => name).join(', ')} in ${Math.round(seconds / 60)} min`;
}

function rank(suite: string): number {
  return suite === 'core' ? 0 : 1;
}

/** The parts of a report by their suites. */
function sectionsIn(text: string): Map<string, string> {
  const parts = text
    .trimEnd()
    .split(/\n\n(?=## )/)
    .slice(1);
  return new Map(parts.map((part) => [/^## ([^:]*):/.exec(part)?.[1] ?? '', part]));
}

function row({ name, seconds, passed, facts = {} }: Step): string {
  const measured = Object.entries(facts).map(([fact, value]) => `${fact} ${value}`);
  return `| ${passed ? name : `FAILED: ${name}`} | ${seconds} | ${measured.join(', ')} |`;
}

function stepsOf(folder: string): Step[] {
  const file = join(folder, 'steps.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Step);
}

async function versions(session: Session): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(session.access, ['get', 'nodes', '--output=json'])) as NodeInfo;
  const node = items[0]?.status.nodeInfo;
  const gib = Math.round(totalmem() / 2 ** 30);
  const runc = (await runToEnd({ program: 'runc', args: ['--version'] })).stdout.split('\n')[0] ?? '';
  const cluster = session.cluster === undefined ? undefined : readCluster(session.cluster);
  return [
    `- machine: ${cpus().length} cores, ${gib} GiB, Linux ${release().split('-')[0]}`,
    `- Kubernetes ${node?.kubeletVersion ?? '?'}, ${node?.containerRuntimeVersion ?? '?'}, ${runc}`,
    `- add-ons: ${cluster === undefined ? 'those of the cluster given' : await addonVersions(cluster.addons)}`,
  ];
}

/** Each add-on with its version, which stands in the path of its program; one that is built of this repository has none. */
async function addonVersions(names: readonly string[]): Promise<string> {
  const told = names.map(async (name) => {
    const script = `cluster/addons/${name}.sh`;
    if (!existsSync(join(ROOT, 'tools', script))) return name;
    const version = /-(v[\d.]+)$/.exec(basename(dirname(await built(script))))?.[1];
    return version === undefined ? name : `${name} ${version}`;
  });
  return (await Promise.all(told)).join(', ');
}
