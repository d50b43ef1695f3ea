import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { SCRAPE_SECONDS } from '../../../tools/cluster/addons/prometheus';
import { deploy } from '../../../tools/cluster/deploy';
import { objectsIn } from '../../../tools/cluster/documents';
import { queryPrometheus } from '../../../tools/cluster/photos';
import { type Cluster, ROOT } from '../../../tools/cluster/state';
import { Progress, until } from '../../../tools/cluster/step';
import { type ApiProxy, apiProxy } from '../api-proxy';
import { type Facts, getJson, ownCluster, say, session } from '../session';
import { Arrivals, type Phase } from './arrivals';
import { LOOP, type LoopScaler, loopApp } from './photo-loop';
import { recordingOf } from './recording';
import { type Sample, Trajectory } from './trajectory';

const WORKER = 'develop';
const PHOTO = join(ROOT, 'examples', 'photos', 'autumn lake.jpg');

/** The cluster of this run. */
export function clusterOfOurs(): Cluster {
  const cluster = ownCluster();
  if (cluster === undefined) throw new Error('the loop needs a cluster that `npm run e2e` brings up itself');
  return cluster;
}

/** Deploys the loop; what is there already goes on. */
export async function bring(cluster: Cluster, scaler: LoopScaler): Promise<void> {
  loopApp(outdir(scaler), scaler).synth();
  await deploy(cluster, join(outdir(scaler), LOOP), new Progress(say));
}

function outdir(scaler: LoopScaler): string {
  return join(session().folder, `loop-${scaler}`);
}

/** Whether the autoscaler has metrics to go by. */
export async function isScalingActive(): Promise<boolean> {
  const found = await getJson<{ status: { conditions?: { type: string; status: string }[] } }>(
    ...['hpa', WORKER, `--namespace=${LOOP}`],
  );
  return (found.status.conditions ?? []).some((it) => it.type === 'ScalingActive' && it.status === 'True');
}

/** Pods of the worker, those that end included. */
export async function podsOfWorker(): Promise<number> {
  const selector = `--selector=app.kubernetes.io/instance=${WORKER}`;
  return (await getJson<{ items: unknown[] }>('pods', `--namespace=${LOOP}`, selector)).items.length;
}

/** Which kind of object owns the autoscaler; undefined while it is nobody's. */
export async function ownerOfAutoscaler(): Promise<string | undefined> {
  const found = await getJson<{ metadata: { ownerReferences?: { kind: string }[] } }>(
    ...['hpa', WORKER, `--namespace=${LOOP}`],
  );
  return found.metadata.ownerReferences?.[0]?.kind;
}

/** Waits until a sample is like that. */
export type Seen = (what: string, seconds: number, is: (sample: Sample) => boolean) => Promise<void>;

/** Sends photos and records what happens, until all is seen that has to be; then no photo may be without an outcome. */
export async function play(
  cluster: Cluster,
  scaler: LoopScaler,
  phases: readonly Phase[],
  expected: (seen: Seen) => Promise<void>,
): Promise<Facts> {
  const proxy = await apiProxy(session().access);
  const start = Date.now();
  const clock = () => (Date.now() - start) / 1000;
  const trajectory = new Trajectory(proxy, LOOP, WORKER, clock);
  const arrivals = new Arrivals(proxy, LOOP, readFileSync(PHOTO), clock);
  try {
    const before = await streams(proxy);
    const [looking, sending] = [trajectory.run(), arrivals.run(phases)];
    try {
      await expected(seenIn(trajectory, clock));
    } finally {
      arrivals.stop();
      await sending;
    }
    await settled(proxy);
    await wholeStep(trajectory, cluster.autoscalerSeconds);
    trajectory.stop();
    await looking;
    await record(cluster, scaler, arrivals, trajectory);
    expect([...arrivals.refused]).toEqual([]);
    const after = await streams(proxy);
    expect(after.taken - before.taken).toBe(arrivals.at.length);
    expect(after.dead).toBe(before.dead);
  } finally {
    trajectory.stop();
    proxy.stop();
  }
  return factsOf(arrivals, trajectory);
}

/** Waits until the last look at the cluster was like that. */
function seenIn(trajectory: Trajectory, clock: () => number): Seen {
  return async (what, seconds, is) => {
    const check = () => trajectory.last !== undefined && is(trajectory.last);
    await until(check, { otherwise: `not seen: ${what}`, seconds }).catch((error: unknown) => {
      const last = JSON.stringify(trajectory.last);
      throw new Error(`${error}; last ${last}; ${trajectory.failures.at(-1) ?? 'no look failed'}`);
    });
    say(`${Math.round(clock())} s: ${what}`);
  };
}

/** Every task has its outcome: the stream, which keeps tasks until then, is empty. */
function settled(proxy: ApiProxy): Promise<boolean> {
  const check = async () => (await streams(proxy)).left === 0;
  return until(check, { otherwise: 'some photos have no outcome', seconds: 300 });
}

/** Goes on for a step, so that the last whole step that is recorded ends as all of it did. */
function wholeStep(trajectory: Trajectory, seconds: number): Promise<boolean> {
  const at = () => trajectory.last?.atSeconds ?? 0;
  const end = at() + seconds + 1;
  return until(() => at() >= end, { otherwise: 'no look at the cluster succeeds any more', seconds: 300 });
}

interface Streams {
  /** Tasks that the broker has taken since it is there. */
  readonly taken: number;
  /** Tasks without an outcome. */
  readonly left: number;
  /** Dead letters. */
  readonly dead: number;
}

async function streams(proxy: ApiProxy): Promise<Streams> {
  const path = `/api/v1/namespaces/${LOOP}/pods/broker-0:8222/proxy/jsz?streams=true`;
  const page = await proxy.read<Jsz>(path);
  const all = page.account_details.flatMap(({ stream_detail }) => stream_detail);
  const of = (name: string) => all.find((it) => it.name === name)?.state ?? { messages: 0, last_seq: 0 };
  return { taken: of('photos').last_seq, left: of('photos').messages, dead: of('photos-dead').messages };
}

interface Jsz {
  readonly account_details: readonly {
    readonly stream_detail: readonly {
      readonly name: string;
      readonly state: { readonly messages: number; readonly last_seq: number };
    }[];
  }[];
}

async function record(
  cluster: Cluster,
  scaler: LoopScaler,
  arrivals: Arrivals,
  trajectory: Trajectory,
): Promise<void> {
  const recording = recordingOf({
    worker: WORKER,
    scaler,
    documents: objectsIn(join(outdir(scaler), LOOP)),
    arrivals,
    trajectory,
    syncSeconds: cluster.autoscalerSeconds,
    scrapeSeconds: SCRAPE_SECONDS,
    meanSeconds: await meanSeconds(cluster, Math.ceil(trajectory.last?.atSeconds ?? 0)),
    slots: 1,
  });
  const { recordTo = session().folder } = session();
  mkdirSync(recordTo, { recursive: true });
  writeFileSync(join(recordTo, `loop-${scaler}.json`), `${JSON.stringify(recording, null, 2)}\n`);
}

/** How long a task took on average in the last seconds. */
async function meanSeconds(cluster: Cluster, seconds: number): Promise<number> {
  const grown = (part: string) =>
    `sum by (worker) (max_over_time(capstan_task_duration_seconds_${part}{namespace="${LOOP}"}[${seconds}s]))`;
  const found = await queryPrometheus(cluster, `${grown('sum')} / ${grown('count')}`, 'worker');
  return Math.round((found.get(WORKER) ?? 0) * 1000) / 1000;
}

function factsOf({ at }: Arrivals, { samples, decisions }: Trajectory): Facts {
  const most = Math.max(...samples.map(({ readyPods }) => readyPods));
  const reached = samples.find(({ readyPods }) => readyPods === most)?.atSeconds ?? 0;
  return {
    photos: at.length,
    'most pods': most,
    'after s': Math.round(reached),
    'most waiting': Math.max(...samples.map(({ pendingTasks }) => pendingTasks)),
    decisions: decisions.length,
  };
}
