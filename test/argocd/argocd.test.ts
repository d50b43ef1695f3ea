import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lib';
import { within } from '../../lib/plan/fields';
import { type Access, kubectl as runKubectl } from '../../tools/cluster/kubectl';
import { until } from '../../tools/cluster/step';
import { type Addition, differences, expectedObjects, liveObjects } from '../live/compare-live';
import {
  type ApplicationStatus,
  applicationBecomes,
  applicationStatus,
  isSynced,
  summary,
} from './applications';
import type { Settings } from './program/main';
import type { Push } from './repository';
import { argoPrograms, endWorld, makeWorld, type World } from './world';

const FIRST: Settings = { crawlConcurrency: 8, developMin: 1, hasAgents: true };
const APPLICATION = 'darkroom-dev';
const OWN = 'darkroom-delivery';
const TRACKING = 'argocd.argoproj.io/tracking-id';
const POLLS = 36;
const POLL_MS = 5000;
/** What an autoscaler says instead of the manifest. */
const SCALED: Addition = { at: /^\/spec\/replicas$/, kind: 'Deployment' };
const IN_DARKROOM = ['--namespace', 'darkroom'];

const programs = argoPrograms();

(programs === undefined ? describe.skip : describe)('Argo CD over a repository that holds dist/', () => {
  let world: World;
  let access: Access;

  beforeAll(async () => {
    if (programs === undefined) return;
    world = await makeWorld(programs);
    access = world.access;
    world.repository.writeDelivery();
    expect(await world.repository.synthesize(FIRST)).toMatchObject({ code: 0 });
    await push('Deliver Darkroom');
    // The one thing that a person applies.
    const own = join(world.repository.clone, 'deploy', 'argocd', 'manifests');
    await kubectl(['apply', '--filename', own]);
  }, 600_000);

  afterAll(() => endWorld(world), 60_000);

  function kubectl(args: readonly string[], input?: string): Promise<string> {
    return runKubectl(access, args, input);
  }

  /** Commits and pushes, which CI has to take. */
  async function push(message: string): Promise<void> {
    world.repository.commit(message);
    expect(await world.repository.push()).toMatchObject({ isTaken: true });
  }

  /** Waits until the cluster is as the last commit has it. */
  function synced(seconds?: number) {
    const { head } = world.repository;
    return applicationBecomes(access, APPLICATION, `Synced at ${head}`, (it) => isSynced(it, head), seconds);
  }

  async function field(kind: string, name: string, path: string, namespace = 'darkroom'): Promise<string> {
    const output = `--output=jsonpath={${path}}`;
    return kubectl(['get', kind, name, '--namespace', namespace, '--ignore-not-found', output]);
  }

  async function eventually(what: string, check: () => Promise<boolean>, seconds = 120): Promise<number> {
    const start = Date.now();
    await until(check, { otherwise: `${what} was not seen`, seconds });
    return (Date.now() - start) / 1000;
  }

  /** What is in the cluster against what an API server alone makes of the last commit. */
  async function unlike(): Promise<string[]> {
    const documents = world.repository.documents();
    const [expected, live] = [await expectedObjects(documents), await liveObjects(kubectl, documents)];
    const own = [...live].map(([key, object]) => [key, withoutTracking(object)] as const);
    return differences(expected, new Map(own), [SCALED]);
  }

  test('makes the project and the Applications out of one folder, and syncs dist/', async () => {
    const { head } = world.repository;
    await applicationBecomes(access, OWN, 'Synced', (it) => isSynced(it, head));
    const status = await synced();
    const documents = world.repository.documents();
    expect(status.resources).toHaveLength(documents.length);
    expect(status.resources?.filter((it) => it.status !== 'Synced')).toEqual([]);
  });

  test('applies namespaces first', async () => {
    const { operationState } = await applicationStatus(access, APPLICATION);
    const kinds = operationState?.syncResult?.resources?.map(({ kind }) => kind) ?? [];
    expect(kinds.slice(0, 2)).toEqual(['Namespace', 'Namespace']);
  });

  test('says which object is not healthy: an Ingress that no controller gives an address', async () => {
    const isAllElse = (it: { kind: string; health?: { status?: string } }) =>
      it.kind === 'Ingress' || it.health === undefined || it.health.status === 'Healthy';
    const status = await applicationBecomes(
      access,
      APPLICATION,
      'healthy but for the Ingress',
      ({ resources = [] }) => resources.length > 0 && resources.every(isAllElse),
    );
    expect(status.health?.status).toBe('Progressing');
    const [ingress] = status.resources?.filter(({ kind }) => kind === 'Ingress') ?? [];
    expect(ingress).toMatchObject({ name: 'upload', health: { status: 'Progressing' } });
  });

  test('is Healthy once the controller publishes an address', async () => {
    // As an ingress controller does it; simulated nodes run none.
    const address = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.10' }] } } };
    const patch = ['--subresource=status', '--type=merge', '--patch', JSON.stringify(address)];
    await kubectl(['patch', 'ingress', 'upload', ...IN_DARKROOM, ...patch]);
    await applicationBecomes(access, APPLICATION, 'Healthy', ({ health }) => health?.status === 'Healthy');
  });

  test('has deployed what dist/ says, and nothing else but its tracking id', async () => {
    expect(await unlike()).toEqual([]);
  });

  test('finds a difference where there is one', async () => {
    const isTold = ({ kind }: JsonObject) => kind === 'Namespace' || kind === 'NetworkPolicy';
    const documents = world.repository.documents().filter(isTold).map(closed);
    const [expected, live] = [await expectedObjects(documents), await liveObjects(kubectl, documents)];
    const own = [...live].map(([key, object]) => [key, withoutTracking(object)] as const);
    const found = differences(expected, new Map(own));
    const line = /^NetworkPolicy\.\S+ darkroom\/develop: \/spec\/policyTypes/;
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((it) => !line.test(it))).toEqual([]);
  });

  test('stays in Sync for 3 minutes, with StatefulSets with claims and an autoscaler at work', async () => {
    const before = await applicationStatus(access, APPLICATION);
    const sets = before.resources?.filter(({ kind }) => kind === 'StatefulSet');
    expect(sets?.length).toBeGreaterThan(1);
    const counts = new Set([await field('deployment', 'develop', '.spec.replicas')]);
    const odd: string[] = [];
    world.metrics.utilization = '950m';
    for (let poll = 0; poll < POLLS; poll += 1) {
      // Later there is less to do: the autoscaler looks, and waits for its window.
      if (poll === POLLS / 2) world.metrics.utilization = '100m';
      await pause(POLL_MS);
      counts.add(await field('deployment', 'develop', '.spec.replicas'));
      const status = await applicationStatus(access, APPLICATION);
      const isSame = status.operationState?.finishedAt === before.operationState?.finishedAt;
      if (status.sync?.status !== 'Synced' || !isSame) odd.push(`poll ${poll}: ${summary(status)}`);
    }
    expect(odd).toEqual([]);
    expect([...counts].sort()).toEqual(expect.arrayContaining(['1', '4']));
    expect(await unlike()).toEqual([]);
  }, 400_000);

  test('rolls a commit out, and a git revert back', async () => {
    const bound = () => field('configmap', 'crawl', '.data.worker\\.json');
    const before = await bound();
    expect(await world.repository.synthesize({ ...FIRST, crawlConcurrency: 6 })).toMatchObject({ code: 0 });
    await push('Crawl with 6 slots');
    await synced();
    expect(await bound()).toContain('"slots": 6');
    await kubectl(['rollout', 'status', 'deployment/crawl', ...IN_DARKROOM, '--timeout=60s']);
    expect(await unlike()).toEqual([]);

    world.repository.revert();
    expect(await world.repository.push()).toMatchObject({ isTaken: true });
    await synced();
    expect(await bound()).toBe(before);
    await kubectl(['rollout', 'status', 'deployment/crawl', ...IN_DARKROOM, '--timeout=60s']);
    expect(await unlike()).toEqual([]);
  });

  test('sets a live edit back, and brings back what is deleted', async () => {
    const image = () => field('deployment', 'crawl', '.spec.template.spec.containers[0].image');
    const before = await image();
    await kubectl(['set', 'image', 'deployment/crawl', '*=elsewhere:latest', ...IN_DARKROOM]);
    expect(await image()).toBe('elsewhere:latest');
    await eventually('the image of the manifest', async () => (await image()) === before);
    await kubectl(['delete', 'networkpolicy', 'develop', ...IN_DARKROOM]);
    await eventually('the policy', async () => (await field('networkpolicy', 'develop', '.kind')) !== '');
    await synced();
    expect(await unlike()).toEqual([]);
  });

  test('deletes what is gone from git, and brings it back with it', async () => {
    const agents = () => field('daemonset', 'tail', '.kind', 'darkroom-agents');
    expect(await agents()).toBe('DaemonSet');
    expect(await world.repository.synthesize({ ...FIRST, hasAgents: false })).toMatchObject({ code: 0 });
    await push('Take the agents out');
    await synced();
    await eventually('the end of the agents', async () => (await agents()) === '');
    expect(await field('namespace', 'darkroom-agents', '.kind', 'default')).toBe('Namespace');

    world.repository.revert();
    expect(await world.repository.push()).toMatchObject({ isTaken: true });
    await synced();
    expect(await agents()).toBe('DaemonSet');
    expect(await unlike()).toEqual([]);
  });

  describe('fails before Argo CD sees it', () => {
    /** Pushes a commit that CI has to stop; nothing of it may reach the cluster. */
    async function refused(message: string): Promise<Push> {
      const before = await applicationStatus(access, APPLICATION);
      world.repository.commit(message);
      const pushed = await world.repository.push();
      world.repository.drop();
      // Longer than Argo CD waits between two looks into git.
      await pause(2 * POLL_MS);
      const after = await applicationStatus(access, APPLICATION);
      expect(after.sync).toEqual(before.sync);
      expect(after.operationState?.finishedAt).toBe(before.operationState?.finishedAt);
      return pushed;
    }

    test('a manifest that was changed by hand', async () => {
      const path = join('dist', 'dev', 'darkroom.k8s.yaml');
      world.repository.edit(path, (text) => text.replace('maxReplicas: 4', 'maxReplicas: 400'));
      const { isTaken, said } = await refused('Scale further');
      expect(isTaken).toBe(false);
      expect(said).toContain('Stale manifests:');
      expect(said).toContain('dist/dev/darkroom.k8s.yaml');
      expect(await field('hpa', 'develop', '.spec.maxReplicas')).toBe('4');
    });

    test('a manifest that no program wrote', async () => {
      const metadata = { name: 'planted', namespace: 'darkroom' };
      const planted = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { from: 'nowhere' } };
      world.repository.write(join('dist', 'dev', 'planted.json'), JSON.stringify(planted));
      const { isTaken, said } = await refused('Add a file');
      expect(isTaken).toBe(false);
      expect(said).toContain('dist/dev/planted.json');
      expect(await field('configmap', 'planted', '.kind')).toBe('');
    });

    test('a program that does not add up', async () => {
      const wrong = { ...FIRST, developMin: 5 };
      const { code, said } = await world.repository.synthesize(wrong);
      expect(code).toBe(2);
      expect(said).toContain('dev/darkroom/develop: scale.max must be 5 (scale.min) or more');
      const pushed = await refused('Always keep five');
      expect(pushed.isTaken).toBe(false);
      expect(pushed.said).toContain('dev/darkroom/develop: scale.max must be 5 (scale.min) or more');
    });
  });

  test('leaves what it deployed when its Application goes, and takes it up again', async () => {
    const uid = (kind: string, name: string) => field(kind, name, '.metadata.uid', 'argocd');
    const [before, deployed] = [await uid('application', APPLICATION), world.repository.documents()];
    await kubectl(['delete', 'applicationset', 'darkroom', '--namespace', 'argocd', '--timeout=30s']);
    // Argo CD brings the ApplicationSet back, since it is in git, and that the Application.
    await eventually('another Application', async () => {
      const now = await uid('application', APPLICATION);
      return now !== '' && now !== before;
    });
    const { head } = world.repository;
    const isBack = (it: ApplicationStatus) => it.sync?.status === 'Synced' && it.sync.revision === head;
    const { resources } = await applicationBecomes(access, APPLICATION, 'Synced', isBack);
    expect(resources).toHaveLength(deployed.length);
    expect(await unlike()).toEqual([]);
  });
});

/** The manifests with another policy for `develop`, which the cluster does not have. */
function closed(document: JsonObject): JsonObject {
  const isDevelop = document.kind === 'NetworkPolicy' && within(document, 'metadata', 'name') === 'develop';
  if (!isDevelop) return document;
  return { ...document, spec: { ...(document.spec as JsonObject), policyTypes: ['Egress'] } };
}

/** A live object without what Argo CD adds to each. */
function withoutTracking(object: JsonObject): JsonObject {
  const annotations = within(object, 'metadata', 'annotations');
  if (typeof annotations !== 'object' || annotations === null) return object;
  const { [TRACKING]: _, ...others } = annotations as JsonObject;
  const { annotations: __, ...metadata } = object.metadata as JsonObject;
  const isEmpty = Object.keys(others).length === 0;
  return { ...object, metadata: isEmpty ? metadata : { ...metadata, annotations: others } };
}
