import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { kubectl } from '../../tools/cluster/kubectl';
import { runToEnd } from '../../tools/cluster/run';
import { ROOT, readCluster } from '../../tools/cluster/state';
import type { Session, Step } from './session';

/** How a suite ended. */
export interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly passed: boolean;
}

interface NodeInfo {
  readonly items: readonly {
    readonly status: {
      readonly nodeInfo: { readonly kubeletVersion: string; readonly containerRuntimeVersion: string };
    };
  }[];
}

/** Writes docs/e2e.md: what ran, on what, and how long it took. */
export async function writeReport(
  session: Session,
  results: readonly Result[],
  seconds: number,
): Promise<void> {
  const steps = stepsOf(session.folder);
  const lines = [
    '# The real cluster',
    '',
    'Written by `npm run e2e -- --report`. Do not edit.',
    '',
    ...(await versions(session)),
    '',
    `${Math.round(seconds)} s from nothing to the end of the last suite, programs and images cached.`,
    '',
  ];
  for (const { name, passed, seconds: took } of results) {
    lines.push(
      `## ${name}: ${passed ? 'passed' : 'FAILED'} in ${took} s`,
      '',
      '| step | seconds | measured |',
    );
    lines.push('| --- | ---: | --- |');
    for (const step of steps.filter(({ suite }) => suite === name)) lines.push(row(step));
    lines.push('');
  }
  writeFileSync(join(ROOT, 'docs', 'e2e.md'), `${lines.join('\n').trimEnd()}\n`);
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
    `- add-ons: ${cluster?.addons.join(', ') ?? 'those of the cluster given'}`,
  ];
}
