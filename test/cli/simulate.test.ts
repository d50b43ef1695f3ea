import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { generateScenarios } from '../../tools/oracle/generate';
import { temporaryFolder } from '../temporary-folder';
import { capstan, type Ran } from './example-program';

async function simulate(text: string, ...options: string[]): Promise<Ran> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'scenario.json'), text);
  return capstan(folder, 'simulate', '--scenario', 'scenario.json', ...options);
}

describe('capstan simulate --scenario', () => {
  const scenarios = generateScenarios(1, 3);

  test('--json gives one row a sync for each scenario of a list', async () => {
    const { code, out } = await simulate(JSON.stringify(scenarios), '--json');
    expect(code).toBe(0);
    const played: unknown = JSON.parse(out);
    expect(played).toEqual(
      scenarios.map(({ name }) => ({
        name,
        rows: expect.arrayContaining([
          expect.objectContaining({
            t: 0,
            current: expect.any(Number),
            desired: expect.any(Number),
            ready: expect.any(Number),
            listed: expect.any(Number),
          }),
        ]),
      })),
    );
  });

  test('takes a single scenario, with the line ends of Windows', async () => {
    const [one] = scenarios;
    const text = `\uFEFF${JSON.stringify(one, undefined, 2).replaceAll('\n', '\r\n')}`;
    const { code, out } = await simulate(text, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([expect.objectContaining({ name: one?.name })]);
  });

  test('says in words what changes', async () => {
    const { out } = await simulate(JSON.stringify(scenarios[0]));
    expect(out).toMatch(/^1-0: \d+ syncs, \d+ to \d+ replicas/);
  });

  const broken = { ...scenarios[1], hpa: { spec: { maxReplicas: 3 } } };
  test.each([
    ['an empty list', '[]', 'must hold a scenario or a list of them, got an empty list'],
    ['an empty file', '', 'is not JSON'],
    [
      'NaN',
      JSON.stringify(scenarios[0]).replace(/"durationSeconds":\d+/, '"durationSeconds":NaN'),
      'is not JSON',
    ],
    [
      'an autoscaler without a target',
      JSON.stringify([scenarios[0], broken]),
      'scenario 2 (1-1): hpa.spec.scaleTargetRef must be an object, got nothing.',
    ],
    ['no scenario', '3', 'scenario 1: it must be an object, got 3.'],
  ])('fails for %s with one line and exit code 2', async (_, text, line) => {
    const { code, out, err } = await simulate(text);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('fails for a file that is not there, and without a file', async () => {
    const missing = await capstan(temporaryFolder(), 'simulate', '--scenario', 'none.json');
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('Cannot read none.json') });
    const without = await capstan(temporaryFolder(), 'simulate');
    expect(without).toMatchObject({ code: 2, err: expect.stringContaining('--scenario FILE') });
  });
});
