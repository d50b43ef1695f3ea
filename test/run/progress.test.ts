import { describe, expect, test } from '@jest/globals';
import { readLogLine, type WorkerEvent } from '../../lib/run/log-lines';
import { lineProgress } from '../../lib/run/progress';

function shown(events: readonly WorkerEvent[]): string[] {
  const lines: string[] = [];
  const progress = lineProgress('resize', (line) => lines.push(line));
  for (const event of events) progress.take(event);
  progress.end();
  return lines;
}

const settled = (count: number, outcome: 'done' | 'dead' = 'done'): WorkerEvent[] =>
  Array.from({ length: count }, () => ({ kind: 'settled', outcome }));

describe('a log line', () => {
  const lines: [string, WorkerEvent][] = [
    ['{"msg":"source opened","tasks":24,"dead":0}', { kind: 'opened', tasks: 24 }],
    ['{"msg":"ready","metricsAddr":"127.0.0.1:9"}', { kind: 'ready', intake: undefined }],
    ['{"msg":"ready","intakeAddr":"127.0.0.1:8"}', { kind: 'ready', intake: '127.0.0.1:8' }],
    ['{"msg":"task finished","outcome":"alreadyDone"}', { kind: 'settled', outcome: 'alreadyDone' }],
    ['{"msg":"task finished","outcome":"retried"}', { kind: 'other' }],
    ['{"msg":"task finished","outcome":"released"}', { kind: 'other' }],
    [
      '{"msg":"draining","time":"1970-01-01T00:00:10.5Z","lameDuckSeconds":5,"drainSeconds":63}',
      { kind: 'draining', atSeconds: 10.5, upToSeconds: 68 },
    ],
    ['{"msg":"draining"}', { kind: 'other' }],
    ['{"broken', { kind: 'other' }],
    ['panic: boom', { kind: 'other' }],
  ];

  test.each(lines)('%s', (line, event) => expect(readLogLine(line)).toEqual(event));
});

describe('progress in lines', () => {
  test('has a line for each tenth, however many tasks there are', () => {
    expect(shown([{ kind: 'opened', tasks: 1000 }, ...settled(1000)])).toHaveLength(11);
    expect(shown([{ kind: 'opened', tasks: 3 }, ...settled(3)])).toHaveLength(4);
  });

  test('ends with all tasks, and counts those that failed', () => {
    const lines = shown([{ kind: 'opened', tasks: 20 }, ...settled(18), ...settled(2, 'dead')]);
    expect(lines.at(-1)).toBe('resize  20/20 tasks, 2 failed');
  });

  test('says of a drain how long it may take, and how to end it at once', () => {
    const draining: WorkerEvent = { kind: 'draining', atSeconds: 10, upToSeconds: 68 };
    expect(shown([{ kind: 'opened', tasks: 1 }, draining]).at(-1)).toBe(
      'resize  draining for up to 68 s; a second Ctrl-C stops running tasks and ends it at once',
    );
  });

  test('counts on when handlers add tasks', () => {
    expect(shown([{ kind: 'opened', tasks: 1 }, ...settled(250)]).slice(-2)).toEqual([
      'resize  100 tasks, 0 failed',
      'resize  200 tasks, 0 failed',
    ]);
  });
});
