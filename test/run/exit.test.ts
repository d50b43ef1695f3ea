import { describe, expect, test } from '@jest/globals';
import { type RunFacts, runEnd } from '../../lib/run/exit';
import { exampleReport } from './example-report';

const MIB = 2 ** 20;

function facts(exit: Partial<RunFacts['exit']>, change: Partial<RunFacts> = {}): RunFacts {
  return {
    exit: { code: 0, signal: undefined, said: '', stoppedBy: undefined, logError: undefined, ...exit },
    report: exampleReport,
    memoryLimit: undefined,
    plannedMemory: 200 * MIB,
    killedForMemory: undefined,
    endsWhenIdle: true,
    ...change,
  };
}

const killed = { code: undefined, signal: 'SIGKILL' } as const;

describe('the end of a run', () => {
  test('is done when the worker ended clean, dead letters or not', () => {
    expect(runEnd(facts({}))).toEqual({ exitCode: 0, message: undefined });
  });

  test('is done when a worker that goes on for ever was stopped', () => {
    expect(runEnd(facts({ stoppedBy: 'SIGTERM' }, { endsWhenIdle: false })).exitCode).toBe(0);
  });

  test('fails when it was stopped before all was done', () => {
    for (const code of [0, 5]) {
      const { exitCode, message } = runEnd(facts({ code, stoppedBy: 'SIGINT' }));
      expect(exitCode).toBe(1);
      expect(message).toContain('Stopped by SIGINT');
    }
    expect(runEnd(facts({ code: 5 })).message).toContain('Stopped by a signal');
  });

  test.each([1, 2, 3, 4, 5])(
    'fails when the worker ended with exit code %d, and never as stale or wrong usage',
    (code) => {
      const { exitCode, message } = runEnd(facts({ code }));
      expect(exitCode).toBe(1);
      expect(message).toBeDefined();
    },
  );

  test.each([3, 4])('says what became of the tasks that were cut off: exit code %d', (code) => {
    expect(runEnd(facts({ code })).message).toContain('handed back, and the next run takes it');
    const report = { ...exampleReport, tasks: { ...exampleReport.tasks, lost: 2 } };
    expect(runEnd(facts({ code }, { report })).message).toContain('2 tasks are lost with the memory queue');
  });

  test('fails with what a worker said that wrote no report', () => {
    const { message } = runEnd(
      facts({ code: 2, said: 'pool.slots: wanted 1 or more' }, { report: undefined }),
    );
    expect(message).toContain('pool.slots: wanted 1 or more');
  });

  test.each([{ code: 137 }, killed])('is 137 when the container was killed for memory: %j', (exit) => {
    const { exitCode, message } = runEnd(facts(exit, { memoryLimit: 90 * MIB, killedForMemory: 1 }));
    expect(exitCode).toBe(137);
    expect(message).toContain('killed for memory');
    expect(message).toContain('limit of 90 MiB');
    expect(message).toContain('The plan wants 200 MiB');
  });

  test('blames the profile when the limit was the plan’s', () => {
    const { message } = runEnd(facts({ code: 137 }, { memoryLimit: 200 * MIB, killedForMemory: 1 }));
    expect(message).toContain('raise task.memory');
  });

  test('is 137 and tells both causes when nobody counted', () => {
    const { exitCode, message } = runEnd(facts(killed));
    expect(exitCode).toBe(137);
    expect(message).toContain('by the kernel for want of memory');
    expect(message).toContain('or by a `kill -9`');
  });

  test('fails, and not for memory, when the kernel killed nobody', () => {
    const { exitCode, message } = runEnd(facts(killed, { memoryLimit: 200 * MIB, killedForMemory: 0 }));
    expect(exitCode).toBe(1);
    expect(message).toContain('not for memory');
  });
});
