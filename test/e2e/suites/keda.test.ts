import { afterAll, test } from '@jest/globals';
import { serveExternalMetrics } from '../../../tools/cluster/addons/prometheus-adapter';
import { until } from '../../../tools/cluster/step';
import type { Phase } from '../loop/arrivals';
import { LOOP } from '../loop/photo-loop';
import { bring, clusterOfOurs, ownerOfAutoscaler, play, podsOfWorker } from '../loop/play';
import { kubectl, needAddons, ownCluster, step } from '../session';

const SUITE = 'keda';
/** It takes six on a machine that has nothing else to do. */
const MINUTES = 40;

/** More than one pod does, for a while, where nothing was. */
const ONE_WAVE: readonly Phase[] = [{ seconds: 40, perSecond: 2.5 }];

afterAll(async () => {
  // KEDA has to let go of its object first, so the end is waited for.
  await kubectl(['delete', 'namespace', LOOP, '--ignore-not-found']);
  const cluster = ownCluster();
  if (cluster?.addons.includes('keda')) await serveExternalMetrics(cluster);
});

test(
  'KEDA takes an autoscaler over, and scales from zero and back to zero',
  async () => {
    const cluster = clusterOfOurs();
    await step(SUITE, 'KEDA takes the autoscaler over, and takes the last pod away', async () => {
      await needAddons('prometheus-adapter', 'keda');
      await bring(cluster, 'hpa');
      await bring(cluster, 'keda');
      const isTaken = async () => (await ownerOfAutoscaler()) === 'ScaledObject';
      await until(isTaken, { otherwise: 'KEDA did not take the autoscaler over', seconds: 120 });
      const isZero = async () => (await podsOfWorker()) === 0;
      await until(isZero, { otherwise: 'the last pod did not go', seconds: 300 });
      return undefined;
    });
    await step(SUITE, 'KEDA: 0 → 2 or more → 0 pods', () =>
      play(cluster, 'keda', ONE_WAVE, async (seen) => {
        await seen('2 ready pods', 600, ({ readyPods }) => readyPods >= 2);
        await seen('no pod and no task', 900, ({ pods, unsettledTasks }) => {
          return pods === 0 && unsettledTasks === 0;
        });
      }),
    );
  },
  MINUTES * 60_000,
);
