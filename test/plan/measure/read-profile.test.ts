import { describe, expect, test } from '@jest/globals';
import { formatProblem, readProfile } from '../../../lib/plan';

const task = {
  cpuSeconds: 0.17,
  durationSeconds: { mean: 0.18, max: 20 },
  memoryBytes: { base: 2 ** 25, perTask: 2 ** 26 },
};

/** A profile as `capstan measure` writes it, as far as it is read. */
const document = { version: 1, app: 'develop', inputs: `sha256:${'ab'.repeat(32)}`, task };

describe('a profile.json', () => {
  test('is what a plan takes of it', () => {
    const { profile, problems } = readProfile({ ...document, measured: {}, runs: [] }, 'profile.json');
    expect(problems).toEqual([]);
    expect(profile).toEqual({ app: 'develop', inputs: document.inputs, task });
  });

  test.each([
    ['no object', [], 'profile.json must be an object, got an empty list'],
    ['another version', { ...document, version: 2 }, 'profile.json: version must be 1, got 2'],
    [
      'no hash',
      { ...document, inputs: 'sha256:12' },
      "profile.json: inputs must be a hash such as sha256:6b1f…, of 64 digits, got 'sha256:12'",
    ],
    [
      'a negative time',
      { ...document, task: { ...task, cpuSeconds: -1 } },
      'profile.json: task.cpuSeconds must be a number from 0 to 604800, got -1',
    ],
    [
      'a text for a number',
      { ...document, task: { ...task, memoryBytes: { base: '32Mi', perTask: 0 } } },
      "profile.json: task.memoryBytes.base must be a number from 0 to 70368744177664, got '32Mi'",
    ],
    [
      'no task',
      { ...document, task: undefined },
      'profile.json: task.cpuSeconds must be a number from 0 to 604800, got nothing',
    ],
  ])('fails with %s', (_, given, line) => {
    const { profile, problems } = readProfile(given, 'profile.json');
    expect(profile).toBeUndefined();
    expect(problems.map(formatProblem)[0]).toContain(line);
  });
});
