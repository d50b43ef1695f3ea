import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, Chart, Cron, Testing } from 'cdk8s';
import {
  CronJob,
  Deployment,
  EnvValue,
  type IConfigMap,
  Job,
  k8s,
  Secret,
  StatefulSet,
  Volume,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Environment, Settings, type SettingsProps } from '../../lib';
import { type Document, documentsOf, exampleChart, exampleWorker, find } from '../worker/example-worker';

const containers = [{ name: 'web', image: 'registry.example.com/web:1' }];
const data = { 'limits.yaml': 'perHost: 8\n', LOG_LEVEL: 'info' };
const CHECKSUM = 'checksum/settings-limits';

function stage(props: SettingsProps = { data }, chart = exampleChart()) {
  return { chart, settings: new Settings(chart, 'limits', props) };
}

function checksumIn(documents: readonly Document[], kind: string, name?: string): string | undefined {
  return find(documents, kind, name).spec.template.metadata.annotations?.[CHECKSUM];
}

describe('Settings', () => {
  test('are a ConfigMap by the name of the construct', () => {
    const bytes = new Uint8Array([0, 255]);
    const { chart } = stage({ data, binaryData: { 'icon.bin': bytes } });
    expect(documentsOf(chart)).toEqual([
      expect.objectContaining({
        kind: 'ConfigMap',
        metadata: expect.objectContaining({ name: 'limits', namespace: 'darkroom' }),
        data,
        binaryData: { 'icon.bin': 'AP8=' },
        immutable: false,
      }),
    ]);
  });

  test('are mounted read-only, texts and Secrets in one folder', () => {
    const chart = exampleChart();
    const secret = Secret.fromSecretName(chart, 'Api', 'api');
    const { settings } = stage({ data, secrets: { TOKEN: { secret, key: 'token' } } }, chart);
    settings.mountOn(new Deployment(chart, 'web', { containers }), { path: '/etc/limits' });
    const pod = find(documentsOf(chart), 'Deployment').spec.template.spec;
    expect(pod.containers[0].volumeMounts).toEqual([
      { mountPath: '/etc/limits', name: 'settings-limits', readOnly: true },
    ]);
    expect(pod.volumes).toEqual([
      {
        name: 'settings-limits',
        projected: {
          sources: [
            { configMap: { name: 'limits' } },
            { secret: { name: 'api', items: [{ key: 'token', path: 'TOKEN' }] } },
          ],
        },
      },
    ]);
  });

  test('are mounted key by key, each choice as a volume of its own', () => {
    const { chart, settings } = stage();
    const web = new Deployment(chart, 'web', { containers });
    settings
      .mountOn(web, { path: '/etc/limits', keys: ['limits.yaml'] })
      .mountOn(web, { path: '/etc/all' })
      .mountOn(web, { path: '/etc/again', keys: ['limits.yaml'] });
    const { volumes, containers: made } = find(documentsOf(chart), 'Deployment').spec.template.spec;
    expect(volumes.map((it: Document) => it.name)).toEqual(['settings-limits', 'settings-limits-2']);
    expect(volumes[0].projected.sources[0].configMap.items).toEqual([
      { key: 'limits.yaml', path: 'limits.yaml' },
    ]);
    expect(made[0].volumeMounts).toHaveLength(3);
  });

  test('become variables by the names that the program chooses', () => {
    const chart = exampleChart();
    const secret = Secret.fromSecretName(chart, 'Api', 'api');
    const { settings } = stage({ data, secrets: { TOKEN: { secret, key: 'token' } } }, chart);
    settings.envFor(new Deployment(chart, 'web', { containers }), {
      variables: { LEVEL: 'LOG_LEVEL', API_TOKEN: 'TOKEN' },
    });
    expect(find(documentsOf(chart), 'Deployment').spec.template.spec.containers[0].env).toEqual([
      { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'limits', key: 'LOG_LEVEL' } } },
      { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
    ]);
  });

  test('may refer to Secrets only, and then write nothing', () => {
    const chart = exampleChart();
    const secret = Secret.fromSecretName(chart, 'Api', 'api');
    const { settings } = stage({ secrets: { TOKEN: { secret, key: 'token' } } }, chart);
    expect(settings.configMap).toBeUndefined();
    expect(Object.keys(settings.env())).toEqual(['TOKEN']);
    expect(documentsOf(chart)).toEqual([]);
  });

  test('fit the properties of a Worker', () => {
    const { chart, settings } = stage();
    exampleWorker(chart, {
      env: settings.env({ LEVEL: 'LOG_LEVEL' }),
      volumes: [settings.mount('/etc/limits')],
    });
    const { template } = find(documentsOf(chart), 'Deployment').spec;
    const { env, volumeMounts } = template.spec.containers[0];
    expect(env[0].valueFrom.configMapKeyRef).toEqual({ name: 'limits', key: 'LOG_LEVEL' });
    expect(volumeMounts.map((it: Document) => it.mountPath)).toContain('/etc/limits');
    expect(Object.keys(template.metadata.annotations)).toEqual(['checksum/config', CHECKSUM]);
  });

  test('are given to a Worker as to a workload of cdk8s-plus', () => {
    const { chart, settings } = stage();
    const worker = exampleWorker(chart);
    settings.mountOn(worker, { path: '/etc/limits', container: 'worker' }).envFor(worker, {
      variables: { LEVEL: 'LOG_LEVEL' },
    });
    const [container] = find(documentsOf(chart), 'Deployment').spec.template.spec.containers;
    expect(container.volumeMounts.map((it: Document) => it.mountPath)).toContain('/etc/limits');
    expect(container.env.map((it: Document) => it.name)).toContain('LEVEL');
  });
});

describe("with reload: 'restart'", () => {
  type Use = (chart: Chart, settings: Settings) => void;
  const config = ({ configMap }: Settings) => configMap as IConfigMap;
  const uses: [string, Use][] = [
    ['mounted with mountOn', (chart, it) => it.mountOn(deployment(chart), { path: '/etc/limits' })],
    ['given with envFor', (chart, it) => it.envFor(deployment(chart), { variables: { L: 'LOG_LEVEL' } })],
    [
      "used through cdk8s-plus' Volume.fromConfigMap",
      (chart, it) => {
        const volume = Volume.fromConfigMap(chart, 'Volume', config(it));
        deployment(chart).containers[0]?.mount('/etc/limits', volume);
      },
    ],
    [
      "used through cdk8s-plus' EnvValue.fromConfigMap",
      (chart, it) => {
        const value = EnvValue.fromConfigMap(config(it), 'LOG_LEVEL');
        deployment(chart).containers[0]?.env.addVariable('L', value);
      },
    ],
    [
      'used in a document that neither of them wrote',
      (chart) => {
        new ApiObject(chart, 'Web', {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web' },
          spec: {
            template: {
              spec: { containers: [{ name: 'web', envFrom: [{ configMapRef: { name: 'limits' } }] }] },
            },
          },
        });
      },
    ],
    [
      'used by an object of the generated API',
      (chart) => {
        new k8s.KubeDeployment(chart, 'Web', {
          metadata: { name: 'web' },
          spec: {
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: {
                containers: [
                  {
                    name: 'web',
                    env: [
                      { name: 'L', valueFrom: { configMapKeyRef: { name: 'limits', key: 'LOG_LEVEL' } } },
                    ],
                  },
                ],
              },
            },
          },
        });
      },
    ],
  ];

  function deployment(chart: Chart): Deployment {
    return new Deployment(chart, 'web', { metadata: { name: 'web' }, containers });
  }

  function checksumWith(use: Use, props: SettingsProps): string | undefined {
    const { chart, settings } = stage(props);
    use(chart, settings);
    return checksumIn(documentsOf(chart), 'Deployment');
  }

  test.each(uses)('a change rolls the pods when %s', (_, use) => {
    const before = checksumWith(use, { data });
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(checksumWith(use, { data })).toBe(before);
    expect(checksumWith(use, { data: { ...data, LOG_LEVEL: 'debug' } })).not.toBe(before);
    expect(checksumWith(use, { data, binaryData: { bytes: new Uint8Array([1]) } })).not.toBe(before);
  });

  test("cdk8s' own App rolls them as well", () => {
    const chart = new Chart(new App(), 'darkroom', { namespace: 'darkroom' });
    const { settings } = stage({ data }, chart);
    settings.mountOn(new StatefulSet(chart, 'db', { containers: [{ image: 'db', portNumber: 80 }] }), {
      path: '/etc/limits',
    });
    expect(checksumIn(Testing.synth(chart), 'StatefulSet')).toMatch(/^[0-9a-f]{64}$/);
  });

  test('what is added later counts', () => {
    const { chart, settings } = stage();
    settings.mountOn(deployment(chart), { path: '/etc/limits' });
    const before = checksumIn(documentsOf(chart), 'Deployment');
    settings.configMap?.addData('more.yaml', 'more');
    expect(checksumIn(documentsOf(chart), 'Deployment')).not.toBe(before);
  });

  test('only pods that use them are rolled', () => {
    const { chart, settings } = stage();
    settings.mountOn(deployment(chart), { path: '/etc/limits' });
    new Deployment(chart, 'other', { metadata: { name: 'other' }, containers });
    expect(checksumIn(documentsOf(chart), 'Deployment', 'other')).toBeUndefined();
  });

  test('jobs are left alone: they end by themselves, and their pods may not change', () => {
    const { chart, settings } = stage();
    settings.mountOn(new Job(chart, 'job', { containers }), { path: '/etc/limits' });
    settings.mountOn(new CronJob(chart, 'cron', { containers, schedule: Cron.daily() }), {
      path: '/etc/limits',
    });
    const documents = documentsOf(chart);
    expect(find(documents, 'Job').spec.template.metadata.annotations).toBeUndefined();
    expect(JSON.stringify(find(documents, 'CronJob'))).not.toContain('checksum');
  });

  test('settings of the same name in another namespace or environment are others', () => {
    const app = exampleChart().node.root as App;
    const checksums = ['staging', 'production'].map((name) => {
      const environment = new Environment(app, name, { namespace: 'studio' });
      const chart = new Chart(environment, 'studio', { namespace: 'studio' });
      const { settings } = stage({ data: { ...data, LOG_LEVEL: name } }, chart);
      settings.mountOn(deployment(chart), { path: '/etc/limits' });
      return chart;
    });
    const [staging, production] = checksums.map((chart) => checksumIn(documentsOf(chart), 'Deployment'));
    expect(staging).not.toBe(production);
  });

  test('the pods are the same wherever the settings stand in the tree', () => {
    const flat = exampleChart();
    stage({ data }, flat).settings.mountOn(deployment(flat), { path: '/etc/limits' });
    const deep = exampleChart();
    const web = deployment(deep);
    new Settings(new Construct(new Construct(deep, 'a'), 'b'), 'limits', { data }).mountOn(web, {
      path: '/etc/limits',
    });
    const template = (chart: Chart) => find(documentsOf(chart), 'Deployment').spec.template;
    expect(template(deep)).toEqual(template(flat));
  });
});

test("with reload: 'live' a change rolls nothing", () => {
  const { chart, settings } = stage({ data, reload: 'live' });
  const web = new Deployment(chart, 'web', { metadata: { name: 'web' }, containers });
  settings.mountOn(web, { path: '/etc/limits' });
  expect(checksumIn(documentsOf(chart), 'Deployment')).toBeUndefined();
});
