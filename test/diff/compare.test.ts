import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EFFECTS } from '../../lib/diff/change';
import { compareManifests } from '../../lib/diff/compare';
import { documentsOf, textsIn } from '../../lib/diff/read-manifests';
import { diffText } from '../../lib/diff/text';
import type { JsonObject } from '../../lib/json-value';
import { config, json, type WebChange, web } from './manifests';

const dist = join(__dirname, '../../dist');

test('manifests are like themselves, in whatever order', () => {
  for (const environment of readdirSync(dist, { withFileTypes: true }).filter((it) => it.isDirectory())) {
    const documents = documentsOf(textsIn(dist), environment.name);
    expect(documents.length).toBeGreaterThan(0);
    expect(compareManifests(documents, [...documents].reverse())).toEqual([]);
  }
});

describe('what an API server fills in', () => {
  const filled = web({
    container: {
      imagePullPolicy: 'IfNotPresent',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      ports: [{ containerPort: 80, protocol: 'TCP' }],
      livenessProbe: {
        httpGet: { port: 80, path: '/', scheme: 'HTTP' },
        periodSeconds: 10,
      },
      resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
    },
    pod: {
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      securityContext: {},
    },
    strategy: 'RollingUpdate',
    paused: false,
  });
  const bare = web({
    container: {
      ports: [{ containerPort: 80 }],
      livenessProbe: { httpGet: { port: 80 } },
      resources: { limits: { cpu: '1000m' } },
    },
  });

  test('is no difference, in either direction', () => {
    expect(compareManifests([bare], [filled])).toEqual([]);
    expect(compareManifests([filled], [bare])).toEqual([]);
  });

  test.each<[string, WebChange]>([
    ['another policy for images', { container: { imagePullPolicy: 'Always' } }],
    ['another grace period', { pod: { terminationGracePeriodSeconds: 31 } }],
    ['a probe', { container: { livenessProbe: { httpGet: { port: 80 } } } }],
    ['other requests than limits', { container: { resources: { requests: { cpu: '1' } } } }],
    ['an empty volume', { pod: { volumes: [{ name: 'config', emptyDir: {} }] } }],
    ['a field that is stored as it is', { pod: { setHostnameAsFQDN: false } }],
  ])('%s is one', (_, change) => {
    expect(compareManifests([web()], [web(change)]).map(({ effect }) => effect)).toEqual(['restart']);
  });

  test.each([
    ['web', 'Always'],
    ['web:latest', 'Always'],
    ['host:5000/web', 'Always'],
    ['host:5000/web:2', 'IfNotPresent'],
    ['web@sha256:ab', 'IfNotPresent'],
    ['web:latest@sha256:ab', 'IfNotPresent'],
  ])('pulls of %s are %s', (image, imagePullPolicy) => {
    expect(compareManifests([web({ image })], [web({ image, container: { imagePullPolicy } })])).toEqual([]);
    const other = imagePullPolicy === 'Always' ? 'IfNotPresent' : 'Always';
    const changed = web({ image, container: { imagePullPolicy: other } });
    expect(compareManifests([web({ image })], [changed])).toHaveLength(1);
  });
});

const change = fc.record(
  {
    image: fc.constantFrom('web:1', 'web:2'),
    replicas: fc.constantFrom(3, 4),
    checksum: fc.constantFrom('a', 'b'),
    selector: fc.constantFrom('web', 'other'),
    paused: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe('a change of a Deployment', () => {
  test('does at least what each part of it does, unless it is paused', () => {
    fc.assert(
      fc.property(change, (whole) => {
        const { paused: _, ...parts } = whole;
        const all = effectOf(web(parts));
        for (const [name, value] of Object.entries(parts)) {
          expect(all).toBeGreaterThanOrEqual(effectOf(web({ [name]: value })));
        }
      }),
    );
  });

  test('is seen from both sides, and shows each place once', () => {
    fc.assert(
      fc.property(change, change, (one, other) => {
        const [there, back] = [
          compareManifests([web(one)], [web(other)]),
          compareManifests([web(other)], [web(one)]),
        ];
        expect(there.flatMap(({ fields }) => fields.map(({ keys }) => keys))).toEqual(
          back.flatMap(({ fields }) => fields.map(({ keys }) => keys)),
        );
        const text = diffText(there, { width: 100, colors: false });
        for (const line of text.split('\n')) expect(line).not.toMatch(/undefined|\[object/);
      }),
    );
  });
});

function effectOf(after: JsonObject): number {
  const [first] = compareManifests([web()], [after]);
  return EFFECTS.indexOf(first?.effect ?? 'nothing');
}

test('differences are shown by what they do, values shortened to where they differ', () => {
  const long = (end: string) => `${'x'.repeat(80)}${end}`;
  const before = [web(), config({ 'w.json': '{"slots":1}', text: `a\n${long('1')}\n` })];
  const after = [
    web({ image: 'web:2', replicas: 5 }),
    config({ 'w.json': '{"slots":2}', text: `a\n${long('2')}\n` }),
    json({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'web', namespace: 'shop' },
    }),
  ];
  expect(diffText(compareManifests(before, after), { width: 80, colors: false })).toMatchInlineSnapshot(`
   "restart  pods are rolled
     ~ ConfigMap shop/web
         Deployment shop/web restarts, and takes it
         data.text  line 2: …xxxxxxxx1 → line 2: …xxxxxxxx2
         data["w.json"]:.slots  1 → 2
     ~ Deployment shop/web
         rolls its pods, for containers[web].image
         3 → 5 pods
         spec.replicas  3 → 5
         spec.template.spec.containers[web].image  web:1 → web:2

   nothing  pods go on as they are
     + ServiceAccount shop/web
         is new"
  `);
});

test('colours come only where they are asked for, and change no letter', () => {
  const changes = compareManifests([web()], [web({ image: 'web:2' })]);
  const [plain, colored] = [false, true].map((colors) => diffText(changes, { width: 80, colors }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of styles
  expect(colored?.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  expect(colored).toContain('\u001b[33m');
});
