import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Duration, Size } from 'cdk8s';
import { matchers } from '../../lib/jest';
import { burstLoad, formatProblem } from '../../lib/plan';
import { exampleChart, exampleWorker } from '../worker/example-worker';

const root = join(__dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text = '']) => ({
  language,
  text,
}));

function block(language: string, holding: string): string {
  const found = blocks.filter((it) => it.language === language && it.text.includes(holding));
  expect(found).toHaveLength(1);
  return found[0]?.text ?? '';
}

describe('the README', () => {
  test('shows the program that the test of the package installs, builds and type-checks', () => {
    const program = readFileSync(join(root, 'test/pack/project/main.ts'), 'utf8');
    expect(block('ts', 'new CapstanApp')).toBe(program);
  });

  test('shows the tsconfig.json by which that test does so', () => {
    const config = readFileSync(join(root, 'test/pack/project/tsconfig.json'), 'utf8');
    expect(JSON.parse(block('json', 'compilerOptions'))).toEqual(JSON.parse(config));
  });

  test('shows lines that the plan prints', () => {
    const squeezed = (line: string) => line.replace(/ +/g, ' ');
    const printed = exampleWorker(exampleChart()).plan.explain().split('\n').map(squeezed);
    const shown = block('text', 'poolSlots').trimEnd().split('\n').map(squeezed);
    expect(shown).toHaveLength(10);
    for (const line of shown) expect(printed).toContain(line);
  });

  test('shows the problems that synth prints', () => {
    const worker = exampleWorker(exampleChart(), {
      resources: { memory: { limit: Size.mebibytes(200) } },
      shutdown: { gracePeriod: Duration.seconds(10) },
      downstream: [{ name: 'catalog', limit: 64 }],
    });
    const lines = worker.plan.problems.map((problem) => `studio/resize: ${formatProblem(problem)}`);
    expect(block('text', 'studio/resize: ')).toBe(`${lines.join('\n')}\n`);
  });

  test('shows what the test of a load says', () => {
    const load = burstLoad({ base: 60, burst: 400, atSeconds: 600, burstSeconds: 600, seconds: 2400 });
    const { pass, message } = matchers.toMeet(
      exampleWorker(exampleChart(), {}, 'resize'),
      { wait: { p99: Duration.seconds(10) } },
      load,
    );
    expect(pass).toBe(false);
    expect(block('text', 'along a burst')).toBe(`${message()}\n`);
  });

  test('names files and folders that exist', () => {
    for (const [, path = ''] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      if (!path.startsWith('http')) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    }
  });
});
