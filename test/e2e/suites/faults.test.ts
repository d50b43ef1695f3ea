import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeSecrets, serveImages, waitReady } from '../../../tools/cluster/deploy';
import { ROOT } from '../../../tools/cluster/state';
import { CREW, crewObjects, EFFECTS, IMAGE, NAMESPACE, SLOTS } from '../faults/crew';
import * as harm from '../faults/harm';
import { oracle, type Play, playOut } from '../faults/play';
import { PodEnds } from '../faults/pod-ends';
import { serveProgram } from '../go-image';
import { getJson, kubectl, needCluster, session, step } from '../session';

const SUITE = 'faults';

let program: string;
let logs: string;

beforeAll(async () => {
  const cluster = needCluster();
  const digest = await serveProgram(cluster, join(ROOT, 'test', 'faults', 'worker'), [IMAGE]);
  const objects = crewObjects(digest);
  const { access } = session();
  await serveImages(
    cluster,
    objects.filter((it) => it.metadata.name !== CREW),
  );
  await makeSecrets(access, objects);
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], list);
  await waitReady(access, objects);
  const claim = await getJson<{ spec: { volumeName: string } }>('pvc', EFFECTS, '-n', NAMESPACE);
  const volume = await getJson<{ spec: { local?: { path: string }; hostPath?: { path: string } } }>(
    'pv',
    claim.spec.volumeName,
  );
  logs = (volume.spec.local ?? volume.spec.hostPath)?.path ?? '';
  program = await oracle();
});

afterAll(() => kubectl(['delete', 'namespace', NAMESPACE, '--wait=false', '--ignore-not-found']));

interface Fault extends Play {
  readonly harm: () => Promise<void>;
  /** Whether pods end that were told to: each has to within its grace. */
  readonly endsPods: boolean;
}

const calm = { allowsDuplicates: false, endsPods: true };
const violent = { allowsDuplicates: true, endsPods: false };

const FAULTS: readonly Fault[] = [
  { fault: 'rolling update', ...calm, harm: harm.rollCrew },
  { fault: 'scale-out and scale-in', ...calm, harm: harm.scaleOutAndIn },
  { fault: 'eviction by a drain of the node', ...calm, harm: harm.drainNode },
  { fault: 'kubelet killed and started again', ...calm, harm: harm.killKubelet },
  { fault: 'containers killed', ...violent, harm: harm.killContainers },
  { fault: 'OOM', ...violent, eatAt: 100, harm: harm.isKilledForMemory },
  { fault: 'broker killed', ...violent, harm: harm.killBroker },
  { fault: 'broker replaced', ...violent, harm: harm.rollBroker },
  { fault: 'partition of a pod and the broker', ...violent, harm: () => harm.cutOff(25) },
];

test.each(FAULTS)('nothing is lost by $fault', async ({ harm: doHarm, endsPods, ...play }) => {
  await step(SUITE, play.fault, async () => {
    await harm.crewIsReady();
    const watched = new PodEnds(NAMESPACE, harm.CREW_PODS);
    const { findings, confirmed, effects, duplicates, lost, dead, peak } = await playOut(
      program,
      logs,
      play,
      doHarm,
    ).finally(() => watched.end());
    expect(findings).toEqual([]);
    expect({ lost, dead }).toEqual({ lost: 0, dead: 0 });
    expect(peak).toBeLessThanOrEqual(SLOTS);
    const ends = watched.seen;
    if (endsPods) expect(ends.length).toBeGreaterThan(0);
    for (const { seconds, grace, exitCode } of ends) {
      expect({ exitCode, isInTime: seconds <= grace }).toEqual({ exitCode: 0, isInTime: true });
    }
    const slowest = Math.max(0, ...ends.map(({ seconds }) => seconds));
    const facts = { confirmed, effects, duplicates, lost, 'in flight': peak };
    return { ...facts, ...(ends.length > 0 && { 'slowest end (s)': slowest, grace: ends[0]?.grace ?? 0 }) };
  });
});
