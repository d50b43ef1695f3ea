import { beforeEach, describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { acknowledge, CapstanApp, Environment, type JsonObject } from '../../lib';
import type { AcknowledgedRule } from '../../lib/acknowledge';
import { temporaryFolder } from '../temporary-folder';
import { manifestsIn } from './manifests-in';

let outdir: string;
beforeEach(() => {
  outdir = temporaryFolder();
});

/** A run of a program that makes these objects; `rule` is acknowledged for each. */
function synth(documents: readonly JsonObject[], rule?: AcknowledgedRule): void {
  const app = new CapstanApp({ outdir });
  const chart = new Chart(app, 'chart', { namespace: 'shop' });
  for (const [index, document] of documents.entries()) {
    const object = new ApiObject(chart, `object-${index}`, document as never);
    if (rule !== undefined) acknowledge(object, rule, 'It is a test.');
  }
  app.synth();
}

const labels = { app: 'it' };
const pod = { metadata: { labels }, spec: { containers: [{ name: 'it', image: 'it:1' }] } };
const metadata = { name: 'it', labels };

function workload(kind: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    selector: { matchLabels: labels },
    template: pod,
    ...(kind === 'StatefulSet' && { serviceName: 'it' }),
    ...fields,
  };
}

function object(apiVersion: string, kind: string, fields: Record<string, unknown>): JsonObject {
  return { apiVersion, kind, metadata, ...fields } as JsonObject;
}

function withSpec(apiVersion: string, kind: string) {
  return (spec: Record<string, unknown>) => object(apiVersion, kind, { spec });
}

const claim = { accessModes: ['ReadWriteOnce'], storageClassName: 'fast' };
const size = (storage: string) => ({ resources: { requests: { storage } } });
const template = (storage: string) => ({
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], ...size(storage) },
});
const otherLabels = { app: 'it', tier: 'web' };
const otherSelector = {
  selector: { matchLabels: otherLabels },
  template: { ...pod, metadata: { labels: otherLabels } },
};
const subjects = [{ kind: 'ServiceAccount', name: 'it', namespace: 'shop' }];
const role = (name: string) => ({
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
  subjects,
});
const disk = (pdName: string) => ({
  capacity: { storage: '1Gi' },
  accessModes: ['ReadWriteOnce'],
  gcePersistentDisk: { pdName },
});

/** What is committed, what is to come, and the field that a cluster would refuse to change. */
const VIOLATIONS: readonly [field: string, before: JsonObject, after: JsonObject][] = [
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map((kind): [string, JsonObject, JsonObject] => [
    `${kind} it /spec/selector`,
    withSpec('apps/v1', kind)(workload(kind)),
    withSpec('apps/v1', kind)(workload(kind, otherSelector)),
  ]),
  ...Object.entries({
    serviceName: ['it', 'other'],
    podManagementPolicy: [undefined, 'Parallel'],
    volumeClaimTemplates: [[template('1Gi')], [template('2Gi')]],
  }).map(([field, [before, after]]): [string, JsonObject, JsonObject] => [
    `StatefulSet it /spec/${field}`,
    withSpec(
      'apps/v1',
      'StatefulSet',
    )(workload('StatefulSet', before === undefined ? {} : { [field]: before })),
    withSpec('apps/v1', 'StatefulSet')(workload('StatefulSet', { [field]: after })),
  ]),
  ...[{ image: 'it:2' }].map((change): [string, JsonObject, JsonObject] => {
    const job = (container: Record<string, unknown>) =>
      withSpec(
        'batch/v1',
        'Job',
      )({
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'it', image: 'it:1', ...container }] },
        },
      });
    return ['Job it /spec/template', job({}), job(change)];
  }),
  [
    'Service it /spec/clusterIP',
    withSpec('v1', 'Service')({ ports: [{ port: 80 }] }),
    withSpec('v1', 'Service')({ ports: [{ port: 80 }], clusterIP: 'None' }),
  ],
  [
    'PersistentVolumeClaim it /spec/storageClassName',
    withSpec('v1', 'PersistentVolumeClaim')({ ...claim, ...size('1Gi') }),
    withSpec('v1', 'PersistentVolumeClaim')({ ...claim, ...size('1Gi'), storageClassName: 'slow' }),
  ],
  [
    'PersistentVolumeClaim it /spec/resources/requests/storage',
    withSpec('v1', 'PersistentVolumeClaim')({ ...claim, ...size('1Gi') }),
    withSpec('v1', 'PersistentVolumeClaim')({ ...claim, ...size('900Mi') }),
  ],
  [
    'PersistentVolume it /spec/gcePersistentDisk',
    withSpec('v1', 'PersistentVolume')(disk('one')),
    withSpec('v1', 'PersistentVolume')(disk('two')),
  ],
  ...(['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'] as const).map(
    (field): [string, JsonObject, JsonObject] => {
      const values = {
        provisioner: 'other.example.com',
        parameters: { type: 'other' },
        reclaimPolicy: 'Retain',
        volumeBindingMode: 'WaitForFirstConsumer',
      };
      const before = object('storage.k8s.io/v1', 'StorageClass', { provisioner: 'disk.example.com' });
      return [`StorageClass it /${field}`, before, { ...before, [field]: values[field] } as JsonObject];
    },
  ),
  [
    'ConfigMap it /data',
    object('v1', 'ConfigMap', { immutable: true, data: { a: '1' } }),
    object('v1', 'ConfigMap', { immutable: true, data: { a: '2' } }),
  ],
  [
    'ConfigMap it /immutable',
    object('v1', 'ConfigMap', { immutable: true, data: { a: '1' } }),
    object('v1', 'ConfigMap', { data: { a: '1' } }),
  ],
  [
    'RoleBinding it /roleRef',
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', role('reader')),
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', role('writer')),
  ],
  [
    'PriorityClass it /value',
    object('scheduling.k8s.io/v1', 'PriorityClass', { value: 10 }),
    object('scheduling.k8s.io/v1', 'PriorityClass', { value: 20 }),
  ],
];

describe('fails for a change that a cluster would refuse', () => {
  test.each(VIOLATIONS)(
    '%s, writes nothing, and is content when it is acknowledged',
    (field, before, after) => {
      synth([before]);
      const committed = manifestsIn(outdir);
      expect(() => synth([after])).toThrow(`chart/object-0: ${field}`);
      expect(manifestsIn(outdir)).toEqual(committed);
      expect(() => synth([after], 'renamed-object')).toThrow(field);
      synth([after], 'immutable-field');
      expect(manifestsIn(outdir)).not.toEqual(committed);
      expect(() => synth([after])).not.toThrow();
    },
  );

  test('and names what to do', () => {
    const [, before, after] = VIOLATIONS[0] ?? ['', {}, {}];
    synth([before]);
    expect(() => synth([after])).toThrow(
      'chart/object-0: Deployment it /spec/selector/matchLabels/tier must stay nothing, as committed, since no ' +
        'cluster changes it, got "web". Set it back, or make an object of another name; ' +
        "or delete the object in each cluster first and acknowledge(object, 'immutable-field', reason).",
    );
  });
});

describe('fails for other claim templates', () => {
  const set = (...templates: readonly object[]) =>
    withSpec('apps/v1', 'StatefulSet')(workload('StatefulSet', { volumeClaimTemplates: templates }));
  const classy = (storageClassName: string) => ({
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, ...size('1Gi') },
  });
  const orphan = 'kubectl delete statefulset it -n shop --cascade=orphan';

  test('with the way on which the members of one that grows go on running', () => {
    synth([set(template('20Gi'))]);
    expect(() => synth([set(template('40Gi'))])).toThrow(
      'StatefulSet it /spec/volumeClaimTemplates/0/spec/resources/requests/storage must stay "20Gi", as committed, ' +
        'since no cluster changes it, got "40Gi". Set it back; or acknowledge(object, \'immutable-field\', reason) and ' +
        'run this in each cluster right before it is applied, while the members go on running (where the class lets ' +
        "volumes grow): kubectl get pvc -n shop -o name | grep -E '/data-it-[0-9]+$' | xargs -I CLAIM kubectl patch " +
        `CLAIM -n shop -p '{"spec":{"resources":{"requests":{"storage":"40Gi"}}}}' && ${orphan}`,
    );
  });

  test('which stay as they are where only new members get another class', () => {
    synth([set(classy('fast'))]);
    const again = () => synth([set(classy('slow'))]);
    expect(again).toThrow('/spec/volumeClaimTemplates/0/spec/storageClassName must stay "fast"');
    expect(again).toThrow(orphan);
    expect(again).not.toThrow('kubectl patch');
  });

  test('and says that no volume shrinks', () => {
    synth([set(template('2Gi'))]);
    expect(() => synth([set(template('1Gi'))])).toThrow('Set it back, since no volume shrinks');
  });

  test('with each place where there are several, and no short way to another set of volumes', () => {
    const log = { ...template('1Gi'), metadata: { name: 'log' } };
    synth([set(template('1Gi'), log)]);
    const storage = 'spec/resources/requests/storage';
    expect(() => synth([set(template('2Gi'), { ...template('3Gi'), metadata: { name: 'log' } })])).toThrow(
      `must stay /0/${storage} "1Gi", /1/${storage} "1Gi", as committed`,
    );
    expect(() => synth([set(template('1Gi'))])).toThrow('Set it back, or make an object of another name; or');
  });
});

describe('lets through', () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      'a claim that grows',
      withSpec('v1', 'PersistentVolumeClaim')({ ...claim, ...size('1Gi') }),
      withSpec('v1', 'PersistentVolumeClaim')({ ...claim, ...size('2Gi') }),
    ],
    [
      'another image',
      withSpec('apps/v1', 'Deployment')(workload('Deployment')),
      withSpec(
        'apps/v1',
        'Deployment',
      )(
        workload('Deployment', {
          template: { ...pod, spec: { containers: [{ name: 'it', image: 'it:2' }] } },
        }),
      ),
    ],
    [
      'data of a ConfigMap',
      object('v1', 'ConfigMap', { data: { a: '1' } }),
      object('v1', 'ConfigMap', { data: { a: '2' } }),
    ],
    [
      'a default that is written out',
      withSpec('apps/v1', 'StatefulSet')(workload('StatefulSet')),
      withSpec('apps/v1', 'StatefulSet')(workload('StatefulSet', { podManagementPolicy: 'OrderedReady' })),
    ],
  ])('%s', (_, before, after) => {
    synth([before]);
    expect(() => synth([after])).not.toThrow();
  });

  test('a selector that differs between environments', () => {
    for (const matchLabels of [labels, otherLabels]) {
      const app = new CapstanApp({ outdir });
      const name = matchLabels === labels ? 'dev' : 'production';
      const chart = new Chart(new Environment(app, name, { podSecurity: 'privileged' }), 'web', {
        namespace: name,
      });
      const spec = { selector: { matchLabels }, template: { ...pod, metadata: { labels: matchLabels } } };
      new ApiObject(chart, 'it', { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
      expect(() => app.synth()).not.toThrow();
    }
  });

  test('what somebody broke', () => {
    synth([object('v1', 'ConfigMap', { data: {} })]);
    const file = `${outdir}/chart.k8s.yaml`;
    require('node:fs').writeFileSync(file, 'a: [\n---\n- 1\n---\nkind: Deployment\n---\nkind: It\na: *it\n');
    expect(() => synth([object('v1', 'ConfigMap', { data: {} })])).not.toThrow();
  });
});

describe('fails for a rename', () => {
  const named = (kind: string, apiVersion: string, spec: Record<string, unknown>) => (name: string) =>
    ({
      apiVersion,
      kind,
      metadata: { name, labels: { app: name, tier: 'web' } },
      spec,
    }) as unknown as JsonObject;

  test.each([
    ['Deployment', named('Deployment', 'apps/v1', workload('Deployment'))],
    ['StatefulSet', named('StatefulSet', 'apps/v1', workload('StatefulSet'))],
    ['PersistentVolumeClaim', named('PersistentVolumeClaim', 'v1', { ...claim, ...size('1Gi') })],
  ])('of a %s', (kind, make) => {
    synth([make('old')]);
    expect(() => synth([make('new')])).toThrow(`${kind} new metadata.name must stay old, as committed: `);
    expect(() => synth([make('new'), make('old')])).not.toThrow();
  });

  test('unless it is acknowledged', () => {
    const make = named('Deployment', 'apps/v1', workload('Deployment'));
    synth([make('old')]);
    expect(() => synth([make('new')], 'renamed-object')).not.toThrow();
  });
});

describe('fails for a running workload whose number of pods an autoscaler takes over', () => {
  const deployment = (fields: Record<string, unknown>) =>
    withSpec('apps/v1', 'Deployment')(workload('Deployment', fields));
  const scaler = object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: {
      minReplicas: 2,
      maxReplicas: 9,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'it' },
    },
  });

  test('since an apply would set it to 1, and names the way', () => {
    synth([deployment({ replicas: 3 })]);
    expect(() => synth([deployment({}), scaler])).toThrow(
      /Deployment it \/spec\/replicas must be held by somebody else before HorizontalPodAutoscaler takes it over.*--field-manager=capstan-handover/,
    );
    synth([deployment({}), scaler], 'replicas-handover');
    expect(() => synth([deployment({}), scaler])).not.toThrow();
  });

  test('also when the autoscaler is to come only later', () => {
    synth([deployment({ replicas: 3 })]);
    expect(() => synth([deployment({})])).toThrow(
      /Deployment it \/spec\/replicas must stay, or be held .*, or an apply sets it to 1, got 3 in the committed .*--field-manager=capstan-handover/,
    );
    synth([deployment({})], 'replicas-handover');
    expect(() => synth([deployment({}), scaler])).not.toThrow();
  });

  test('and not for one pod, which an apply leaves one', () => {
    synth([deployment({ replicas: 1 })]);
    expect(() => synth([deployment({})])).not.toThrow();
  });

  test('and not for a new one, nor for one that was autoscaled before', () => {
    expect(() => synth([deployment({}), scaler])).not.toThrow();
    expect(() => synth([deployment({ revisionHistoryLimit: 3 }), scaler])).not.toThrow();
  });
});
