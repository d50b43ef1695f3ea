import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, test } from '@jest/globals';
import { until } from '../../../tools/cluster/step';
import type { Phase } from '../loop/arrivals';
import { LOOP, MOST_PODS } from '../loop/photo-loop';
import { bring, clusterOfOurs, isScalingActive, play } from '../loop/play';
import { SCALE_OUT, StatusWatch } from '../loop/status-watch';
import { kubectl, needAddons, session, step } from '../session';

const SUITE = 'loop';
/** It takes five on a machine that has nothing else to do. */
const MINUTES = 40;

/** Little for one pod, more than three pods do, and little again until the pods have gone. */
const RISE_AND_FALL: readonly Phase[] = [
  { seconds: 30, perSecond: 0.3 },
  { seconds: 60, perSecond: 3.2 },
  { seconds: 1500, perSecond: 0.3 },
];

afterAll(() => kubectl(['delete', 'namespace', LOOP, '--ignore-not-found', '--wait=false']));

test(
  'the autoscaler scales develop out and back in by what Prometheus scrapes',
  async () => {
    const cluster = clusterOfOurs();
    await step(SUITE, 'upload, broker and develop are ready, and their metrics are served', async () => {
      await needAddons('prometheus-adapter');
      await bring(cluster, 'hpa');
      await until(isScalingActive, { otherwise: 'the autoscaler has no metrics', seconds: 300 });
      return undefined;
    });
    await step(SUITE, `the autoscaler: 1 → ${MOST_PODS} → 1 pods`, () =>
      play(cluster, 'hpa', RISE_AND_FALL, async (seen) => {
        const status = new StatusWatch(session().access);
        try {
          await seen(`${MOST_PODS} ready pods`, 600, ({ readyPods }) => readyPods === MOST_PODS);
        } finally {
          writeFileSync(join(session().folder, SCALE_OUT), await status.stop());
        }
        await seen('1 pod and nothing that waits', 900, ({ pods, readyPods, pendingTasks }) => {
          return pods === 1 && readyPods === 1 && pendingTasks === 0;
        });
      }),
    );
  },
  MINUTES * 60_000,
);
