import type { WorkerReport } from '../../lib/contract/zz_report.gen';

/** The report of a run that did 20 tasks in 4 s and gave up on one. */
export const exampleReport: WorkerReport = {
  contract: 1,
  name: 'resize',
  reason: 'idle',
  exitCode: 0,
  wallSeconds: 4,
  readySeconds: 0.02,
  tasks: { done: 20, alreadyDone: 0, dead: 1, retried: 0, panicked: 0, handedBack: 0, snoozed: 0, lost: 0 },
  taskSeconds: { mean: 0.1, p50: 0.0954321, p99: 0.2, max: 0.25 },
  pool: { slots: 4, peakBusy: 4, busySeconds: 12, utilization: 0.75 },
  process: {
    cpuSeconds: 1,
    maxRssBytes: 50 * 2 ** 20,
    gomaxprocs: 2,
    goMemLimitBytes: 0,
    goVersion: 'go1.26.8',
  },
  deadLetters: [{ id: 'broken.jpg', reason: 'corrupt', attempts: 1 }],
};
