import { describe, expect, test } from '@jest/globals';
import { compareManifests } from '../../lib/diff/compare';
import type { JsonObject } from '../../lib/json-value';
import { config, json, members, object, web } from './manifests';

/** What the change of one object does, with its first reason. */
function effectOf(before: readonly JsonObject[], after: readonly JsonObject[]): string[] {
  return compareManifests(before, after).map(
    ({ effect, object: title, why }) => `${effect} ${title}: ${why[0]}`,
  );
}

const hpa = (spec: object) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    minReplicas: 1,
    maxReplicas: 4,
    scaleTargetRef: { kind: 'Deployment', name: 'web' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 70 } } }],
    ...spec,
  });
const job = (spec: object) =>
  object('batch/v1', 'Job', { parallelism: 2, template: { spec: { image: 'a' } }, ...spec });
const pod = (container: object, more: object = {}) =>
  object('v1', 'Pod', { containers: [{ name: 'it', image: 'a', ...container }], ...more });
const claim = (storage: string, more: object = {}) =>
  object('v1', 'PersistentVolumeClaim', { resources: { requests: { storage } }, ...more });

describe('what a change does to pods that run', () => {
  test.each<[string, JsonObject, JsonObject, string]>([
    [
      'another image',
      web(),
      web({ image: 'web:2' }),
      'restart Deployment shop/web: rolls its pods, for containers[web].image',
    ],
    [
      'a label of pods',
      web(),
      web({ selector: 'web', checksum: 'b' }),
      'restart Deployment shop/web: rolls its pods, for metadata.annotations["checksum/config"]',
    ],
    [
      'an image under Recreate',
      web({ strategy: 'Recreate' }),
      web({ strategy: 'Recreate', image: 'web:2' }),
      'restart Deployment shop/web: all pods end before new ones start, for containers[web].image',
    ],
    [
      'an image of a paused one',
      web({ paused: true }),
      web({ paused: true, image: 'web:2' }),
      'nothing Deployment shop/web: it is paused: pods restart once it goes on',
    ],
    ['replicas', web(), web({ replicas: 5 }), 'resize Deployment shop/web: 3 → 5 pods'],
    [
      'a selector',
      web(),
      web({ selector: 'shop' }),
      'replace Deployment shop/web: no cluster changes spec.selector.matchLabels.app: it has to be deleted and made anew',
    ],
    [
      'claim templates',
      members(),
      members('2Gi'),
      'replace StatefulSet shop/db: no cluster changes spec.volumeClaimTemplates[data].spec.resources.requests.storage: it has to be deleted and made anew, which its pods outlive with --cascade=orphan',
    ],
    [
      'members one by one',
      members(),
      members('1Gi', { template: { metadata: { labels: { app: 'db' } }, spec: {} } }),
      'restart StatefulSet shop/db: rolls its pods, one after the other, for containers',
    ],
    [
      'members that wait for their deletion',
      members('1Gi', { updateStrategy: { type: 'OnDelete' } }),
      members('1Gi', { updateStrategy: { type: 'OnDelete' }, template: {} }),
      'nothing StatefulSet shop/db: pods that run stay until somebody deletes them (OnDelete)',
    ],
    ['bounds', hpa({}), hpa({ maxReplicas: 9 }), 'resize HorizontalPodAutoscaler shop/it: maxReplicas 4 → 9'],
    [
      'a target',
      hpa({}),
      hpa({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }] }),
      'resize HorizontalPodAutoscaler shop/it: it asks for other numbers of pods at the same load',
    ],
    [
      'a window',
      hpa({}),
      hpa({ behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } }),
      'nothing HorizontalPodAutoscaler shop/it: how fast the number of pods changes',
    ],
    [
      'a template of a Job',
      job({}),
      job({ template: { spec: { image: 'b' } } }),
      'replace Job shop/it: no cluster changes spec.template.spec.image: it has to be deleted and made anew',
    ],
    ['more pods of a Job', job({}), job({ parallelism: 4 }), 'resize Job shop/it: 2 → 4 pods at once'],
    ['a suspended Job', job({}), job({ suspend: true }), 'resize Job shop/it: suspended: its pods end'],
    [
      'resources in place',
      pod({}),
      pod({ resources: { limits: { cpu: '2' } } }),
      'resize Pod shop/it: gets other resources while it runs, by kubectl patch --subresource resize',
    ],
    [
      'an image in place',
      pod({}),
      pod({ image: 'b' }),
      'restart Pod shop/it: its containers restart with another image',
    ],
    [
      'a node',
      pod({}),
      pod({}, { nodeName: 'one' }),
      'replace Pod shop/it: no cluster changes spec.nodeName: the pod has to be deleted and made anew',
    ],
    [
      'a schedule',
      object('batch/v1', 'CronJob', { schedule: '1 * * * *' }),
      object('batch/v1', 'CronJob', { schedule: '2 * * * *' }),
      'nothing CronJob shop/it: counts from the next run on',
    ],
    [
      'a larger claim',
      claim('1Gi'),
      claim('2Gi'),
      'resize PersistentVolumeClaim shop/it: the volume grows under its pods, 1Gi → 2Gi, where its class lets it',
    ],
    [
      'another class',
      claim('1Gi', { storageClassName: 'a' }),
      claim('1Gi', { storageClassName: 'b' }),
      'replace PersistentVolumeClaim shop/it: no cluster changes spec.storageClassName: it has to be deleted and made anew',
    ],
    [
      'an address',
      object('v1', 'Service', { clusterIP: '10.0.0.1' }),
      object('v1', 'Service', { clusterIP: 'None' }),
      'replace Service shop/it: no cluster changes spec.clusterIP: it has to be deleted and made anew',
    ],
    [
      'a budget',
      object('policy/v1', 'PodDisruptionBudget', { maxUnavailable: 1 }),
      object('policy/v1', 'PodDisruptionBudget', { maxUnavailable: 2 }),
      'nothing PodDisruptionBudget shop/it: counts when pods are evicted',
    ],
  ])('%s', (_, before, after, line) => {
    expect(effectOf([before], [after])).toEqual([line]);
  });

  test('objects that come and go', () => {
    expect(effectOf([], [web(), hpa({}), config({})])).toEqual(
      [
        'replace Deployment shop/web: is new: its pods start',
        'resize HorizontalPodAutoscaler shop/it: is new: from now on it sets the number of pods',
        'replace ConfigMap shop/web: Deployment shop/web comes anew with it',
      ].sort(byEffect),
    );
    expect(effectOf([web(), members(), config({})], [web()])).toEqual([
      'replace StatefulSet shop/db: goes: its pods end',
      'nothing ConfigMap shop/web: Deployment shop/web still names it: its pods go on, and new ones do not start',
    ]);
  });
});

const ORDER = ['replace', 'restart', 'resize', 'nothing'];
function byEffect(a: string, b: string): number {
  const [one, other] = [a, b].map((line) => ORDER.indexOf(line.split(' ')[0] ?? ''));
  return (one ?? 0) - (other ?? 0) || (a.slice(a.indexOf(' ')) < b.slice(b.indexOf(' ')) ? -1 : 1);
}

describe('a ConfigMap', () => {
  const before = config({ 'a.json': '{"size":1}' });
  const after = config({ 'a.json': '{"size":2}' });

  test('restarts the pods whose template has its checksum', () => {
    expect(effectOf([web(), before], [web({ checksum: 'b' }), after])).toEqual([
      'restart ConfigMap shop/web: Deployment shop/web restarts, and takes it',
      'restart Deployment shop/web: rolls its pods, for metadata.annotations["checksum/config"]',
    ]);
  });

  test('changes under pods whose template stays', () => {
    const [line] = effectOf([web(), before], [web(), after]);
    expect(line).toMatch(
      /^nothing ConfigMap shop\/web: no pod restarts: the files of Deployment shop\/web change/,
    );
  });

  test('with live settings of a worker is taken while it runs', () => {
    const [was, is] = [config({ 'live.json': '{}' }), config({ 'live.json': '{"slots":2}' })];
    expect(effectOf([web(), was], [web(), is])).toEqual([
      'nothing ConfigMap shop/web: no pod restarts: those of Deployment shop/web take it live, within about a minute',
    ]);
  });

  test.each<[string, object, object]>([
    ['variables', { envFrom: [{ configMapRef: { name: 'web' } }], volumeMounts: [] }, { volumes: [] }],
    [
      'a variable',
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'web', key: 'a' } } }], volumeMounts: [] },
      { volumes: [] },
    ],
    ['a single file', { volumeMounts: [{ name: 'config', mountPath: '/a', subPath: 'a' }] }, {}],
  ])('that is used as %s stays as it is in pods that run', (_, container, pods) => {
    const user = web({ container, pod: pods });
    const [line] = effectOf([user, before], [user, after]);
    expect(line).toMatch(/stays as it is until its pods start anew$/);
  });

  test('that nobody uses, and one that is immutable', () => {
    expect(effectOf([before], [after])).toEqual([
      'nothing ConfigMap shop/web: no pod of these manifests uses it',
    ]);
    const [was, is] = [config({ a: '1' }, { immutable: true }), config({ a: '2' }, { immutable: true })];
    expect(effectOf([was], [is])).toEqual([
      'replace ConfigMap shop/web: no cluster changes data.a: it has to be deleted and made anew',
    ]);
  });
});

test('a Secret never shows what it holds', () => {
  const secret = (password: string) =>
    json({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'it', namespace: 'shop' },
      stringData: { password },
    });
  const changes = compareManifests([secret('tide')], [secret('moon')]);
  expect(changes).toHaveLength(1);
  expect(JSON.stringify(changes)).not.toMatch(/tide|moon/);
});
