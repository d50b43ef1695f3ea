import { describe, expect, test } from '@jest/globals';
import { differences, keyOf, type LiveObjects } from './compare-live';
import { type Document, normalised } from './normalise';
import { strangers } from './strangers';

const deployment = (spec: object, metadata: object = {}): Document =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec,
  }) as Document;
const objects = (...all: Document[]): LiveObjects => new Map(all.map((it) => [keyOf(it), normalised(it)]));

describe('live objects beside expected ones', () => {
  const expected = objects(
    deployment({ replicas: 2, template: { containers: [{ name: 'a', image: 'b' }] } }),
  );

  test('are the same whatever a server adds by itself', () => {
    const metadata = {
      uid: '1',
      resourceVersion: '2',
      managedFields: [],
      annotations: { 'deployment.kubernetes.io/revision': '3' },
    };
    const live = deployment({ replicas: 2, template: { containers: [{ image: 'b', name: 'a' }] } }, metadata);
    expect(differences(expected, objects({ ...live, status: { replicas: 1 } }))).toEqual([]);
  });

  test.each([
    [
      'a value',
      { replicas: 3, template: { containers: [{ name: 'a', image: 'b' }] } },
      '/spec/replicas is 3, expected 2',
    ],
    [
      'a field too few',
      { template: { containers: [{ name: 'a', image: 'b' }] } },
      '/spec/replicas is nothing, expected 2',
    ],
    [
      'a field too many',
      { replicas: 2, template: { containers: [{ name: 'a', image: 'b', tty: true }] } },
      '/spec/template/containers/0/tty is true, expected nothing',
    ],
    [
      'an element too many',
      { replicas: 2, template: { containers: [{ name: 'a', image: 'b' }, 'c'] } },
      '/spec/template/containers/1 is "c", expected nothing',
    ],
  ])('differ by %s', (_, spec, line) => {
    expect(differences(expected, objects(deployment(spec)))).toEqual([`Deployment.apps shop/web: ${line}`]);
  });

  test('differ by an annotation that is not listed, and by an object that is missing', () => {
    const live = objects(
      deployment(
        { replicas: 2, template: { containers: [{ name: 'a', image: 'b' }] } },
        { annotations: { 'a/b': 'c' } },
      ),
    );
    const line = 'Deployment.apps shop/web: /metadata/annotations/a~1b is "c", expected nothing';
    const at = /^\/metadata\/annotations\/a~1b$/;
    expect(differences(expected, live)).toEqual([line]);
    expect(differences(expected, live, [{ at, kind: 'Service' }])).toEqual([line]);
    expect(differences(expected, live, [{ at, kind: 'Deployment' }])).toEqual([]);
    expect(differences(expected, objects())).toEqual(['Deployment.apps shop/web is missing']);
  });
});

test('strangers are what is in no document, and what nobody owns', async () => {
  const claim = (name: string): Document =>
    ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'shop' } }) as Document;
  const set: Document = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
  };
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'shop' },
  };
  const owned = deployment({}, { name: 'owned', ownerReferences: [{ kind: 'Other', name: 'it' }] });
  const items = [
    deployment({}),
    deployment({}, { name: 'old' }),
    set,
    claim('data-db-0'),
    claim('other'),
    account,
    owned,
  ];
  const kubectl = async (args: readonly string[]) =>
    args[0] === 'get' ? JSON.stringify({ items }) : 'things\n';
  expect(await strangers(kubectl, ['shop'], [deployment({}), set])).toEqual([
    'Deployment.apps shop/old',
    'PersistentVolumeClaim shop/other',
  ]);
});
