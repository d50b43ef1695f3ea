import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeSecrets, serveImages, waitReady } from '../../../tools/cluster/deploy';
import { ROOT } from '../../../tools/cluster/state';
import { CREW, crewObjects, EFFECTS, IMAGE, NAMESPACE, SLOTS } from '../faults/crew';
import * as harm from '../faults/harm';
import { oracle, type Play, playOut } from '../faults/play';
import { badEnds, PodEnds } from '../faults/pod-ends';
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
  await harm.scaleCrew(2);
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
  /** Whether it is played with `--short` as well. @default false */
  readonly isQuick?: boolean;
}

const calm = { allowsDuplicates: false, endsPods: true };
const violent = { allowsDuplicates: true, endsPods: false };

const FAULTS: readonly Fault[] = [
  { fault: 'rolling update', isQuick: true, ...calm, harm: harm.rollCrew },
  { fault: 'scale-out and scale-in', ...calm, harm: harm.scaleOutAndIn },
  { fault: 'eviction by a drain of the node', isQuick: true, ...calm, harm: harm.drainNode },
  { fault: 'kubelet killed and started again', ...calm, harm: harm.killKubelet },
  { fault: 'containers killed', isQuick: true, ...violent, harm: harm.killContainers },
  { fault: 'OOM', ...violent, eatAt: 100, harm: harm.isKilledForMemory },
  { fault: 'broker killed', isQuick: true, ...violent, harm: harm.killBroker },
  { fault: 'broker replaced', ...violent, harm: harm.rollBroker },
  { fault: 'partition of a pod and the broker', ...violent, harm: () => harm.cutOff(25) },
];

const played = session().isShort === true ? FAULTS.filter(({ isQuick }) => isQuick) : FAULTS;

test.each(played)('nothing is lost by $fault', async ({ harm: doHarm, endsPods, isQuick, ...play }) => {
  await step(SUITE, play.fault, async () => {
    const { judgement, ends } = await watch(() => playOut(program, logs, play, doHarm));
    const { findings, confirmed, effects, duplicates, lost, dead, peak } = judgement;
    expect(findings).toEqual([]);
    expect({ lost, dead }).toEqual({ lost: 0, dead: 0 });
    expect(peak).toBeLessThanOrEqual(SLOTS);
    expect(badEnds(ends)).toEqual([]);
    if (endsPods) expect(ends.length).toBeGreaterThan(0);
    const slowest = Math.max(0, ...ends.map(({ seconds }) => seconds));
    const facts = { confirmed, effects, duplicates, lost, 'in flight': peak };
    return { ...facts, ...(ends.length > 0 && { 'slowest end (s)': slowest, grace: ends[0]?.grace ?? 0 }) };
  });
});

/** Does something to a crew that is whole, waits until it is whole again, and tells how its pods ended. */
async function watch<T>(what: () => Promise<T>) {
  await harm.crewIsReady();
  const watched = new PodEnds(NAMESPACE, harm.CREW_PODS);
  try {
    const judgement = await what();
    await harm.crewIsReady();
    return { judgement, ends: await watched.all() };
  } finally {
    await watched.end();
  }
}

test('fails for a pod that does not end by itself: its end would be noticed', async () => {
  await step(SUITE, 'a pod that is frozen ends by force, which is seen', async () => {
    const { ends } = await watch(harm.freezeAndEnd);
    expect(badEnds(ends)).toEqual([expect.objectContaining({ exitCode: 137 })]);
    return undefined;
  });
});

test('fails for a pool without bound: the oracle would notice', async () => {
  await step(SUITE, 'a pool without bound is found', async () => {
    await harm.setMutant('unboundedPool');
    const play = { fault: 'pool without bound', allowsDuplicates: false, workMillis: 1000 };
    const { findings } = await playOut(program, logs, play, () => pause(5000));
    expect(findings).toEqual([expect.stringMatching(/^bound: /)]);
    return undefined;
  });
});
