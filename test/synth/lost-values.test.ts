import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart, Cron, Duration, JsonPatch, Lazy, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import { CapstanApp, refine, remove, SpecError, set } from '../../lib';
import { temporaryFolder } from '../temporary-folder';

function chartOf(outdir = temporaryFolder()): { app: CapstanApp; chart: Chart } {
  const app = new CapstanApp({ outdir });
  return { app, chart: new Chart(app, 'chart') };
}

const labels = { app: 'it' };

function deployment(chart: Construct, spec: Record<string, unknown> = {}, pod: Record<string, unknown> = {}) {
  const containers = [{ name: 'it', image: 'it:1' }];
  const template = { metadata: { labels }, spec: { containers, ...pod } };
  return new k8s.KubeDeployment(chart, 'deployment', {
    metadata: { name: 'it' },
    // What a program in JavaScript, or one with a cast, hands in.
    spec: { selector: { matchLabels: labels }, template, ...spec } as k8s.DeploymentSpec,
  });
}

/** An object of a kind that nobody knows, unless a kind is given. */
function plain(
  chart: Chart,
  fields: Record<string, unknown>,
  kind = { apiVersion: 'e.com/v1', kind: 'Foo' },
) {
  return new ApiObject(chart, 'plain', { ...kind, metadata: { name: 'it' }, ...fields });
}

/** Where values are lost, by pointer. */
function lostIn(make: (chart: Chart) => void): string[] {
  const { app, chart } = chartOf();
  make(chart);
  try {
    app.documents();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.flatMap(
      ({ message }) => /^(\/\S+) must be in the \w+ that is written/.exec(message)?.[1] ?? [],
    );
  }
}

describe('a value that a class drops is found', () => {
  test('when a number stands for IntOrString', () => {
    const strategy = { rollingUpdate: { maxSurge: 1, maxUnavailable: k8s.IntOrString.fromNumber(0) } };
    expect(lostIn((chart) => deployment(chart, { strategy }))).toEqual([
      '/spec/strategy/rollingUpdate/maxSurge',
    ]);
  });

  test('when a number stands for a Quantity', () => {
    const resources = { limits: { 'nvidia.com/gpu': 1, memory: k8s.Quantity.fromString('1Gi') } };
    const containers = [{ name: 'it', image: 'it:1', resources }];
    expect(lostIn((chart) => deployment(chart, {}, { containers }))).toEqual([
      '/spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu',
    ]);
  });

  test('when a field is newer than the class', () => {
    const initContainers = [{ name: 'proxy', image: 'it:1', restartPolicy: 'Always' }];
    expect(lostIn((chart) => deployment(chart, {}, { initContainers }))).toEqual([
      '/spec/template/spec/initContainers/0/restartPolicy',
    ]);
  });

  test('when a patch brings it', () => {
    const lost = lostIn((chart) => {
      const object = deployment(chart);
      object.addJsonPatch(JsonPatch.add('/spec/strategy', { rollingUpdate: { maxSurge: 1 } }));
      object.addJsonPatch(
        JsonPatch.add('/spec/template/spec/containers/0/lifecycle', { preStop: { sleep: { seconds: 5 } } }),
      );
    });
    expect(lost).toEqual([
      '/spec/template/spec/containers/0/lifecycle/preStop/sleep',
      '/spec/strategy/rollingUpdate/maxSurge',
    ]);
  });

  test('and named with its value, its class and what to do', () => {
    const { app, chart } = chartOf();
    deployment(chart, { strategy: { rollingUpdate: { maxSurge: 1 } } });
    expect(() => app.synth()).toThrow(
      'chart/deployment: /spec/strategy/rollingUpdate/maxSurge must be in the Deployment that is written, got 1, which ' +
        "KubeDeployment drops. Set it on the final document: refine(object, set('/spec/strategy/rollingUpdate/maxSurge', 1)).",
    );
  });

  test('whichever field of whichever depth it is', () => {
    const key = fc.stringMatching(/^[a-z]{1,6}X[~/]?$/);
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 3 }),
        fc.oneof(fc.string(), fc.integer()),
        (keys, value) => {
          const field = keys.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
          expect(lostIn((chart) => deployment(chart, {}, field as Record<string, unknown>))).toEqual([
            `/spec/template/spec/${String(keys[0]).replaceAll('~', '~0').replaceAll('/', '~1')}`,
          ]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a value is no loss', () => {
  test('when a refinement sets it, or takes it out', () => {
    const strategy = { rollingUpdate: { maxSurge: 1 } };
    const set1 = set('/spec/strategy/rollingUpdate/maxSurge', 1);
    expect(lostIn((chart) => refine(deployment(chart, { strategy }), set1))).toEqual([]);
    expect(lostIn((chart) => refine(deployment(chart, { strategy }), remove('/spec/strategy')))).toEqual([]);
  });

  test('when a refinement takes an element out of a list before others', () => {
    const containers = ['a', 'b'].map((name) => ({ name, image: 'it:1' }));
    const first = remove('/spec/template/spec/containers/0');
    expect(lostIn((chart) => refine(deployment(chart, {}, { containers }), first))).toEqual([]);
  });

  test('when the class calls a field by another name, or wraps it', () => {
    expect(
      lostIn((chart) => {
        new k8s.KubeService(chart, 'service', {
          metadata: { name: 'it' },
          spec: {
            clusterIp: 'None',
            externalIPs: [],
            ports: [{ port: 80, targetPort: k8s.IntOrString.fromString('http') }],
          },
        });
        new k8s.KubeCustomResourceDefinition(chart, 'crd', {
          metadata: { name: 'things.example.com' },
          spec: {
            group: 'example.com',
            names: { kind: 'Thing', plural: 'things' },
            scope: 'Namespaced',
            versions: [
              {
                name: 'v1',
                served: true,
                storage: true,
                schema: { openApiv3Schema: { type: 'object', xKubernetesPreserveUnknownFields: true } },
              },
            ],
          },
        });
        deployment(chart, { replicas: Lazy.any({ produce: () => 2 }) });
      }),
    ).toEqual([]);
  });

  test('in what cdk8s-plus makes', () => {
    expect(lostIn(everyPlusObject)).toEqual([]);
  });
});

/** One of each of cdk8s-plus' constructs, with what they offer. */
function everyPlusObject(chart: Chart): void {
  const config = new kplus.ConfigMap(chart, 'Config', { data: { a: '1' }, immutable: true });
  const secret = kplus.Secret.fromSecretName(chart, 'Secret', 'secret');
  const account = new kplus.ServiceAccount(chart, 'Account', { automountToken: false });
  new kplus.PersistentVolumeClaim(chart, 'Claim', {
    accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE],
    storage: Size.gibibytes(1),
  });
  const container = {
    name: 'main',
    image: 'it:1',
    ports: [{ number: 8080, name: 'http' }],
    command: ['it'],
    args: ['--now'],
    envVariables: {
      PLAIN: kplus.EnvValue.fromValue('1'),
      SECRET: kplus.EnvValue.fromSecretValue({ secret, key: 'a' }),
      CONFIG: kplus.EnvValue.fromConfigMap(config as kplus.IConfigMap, 'a'),
      FIELD: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAME),
    },
    readiness: kplus.Probe.fromHttpGet('/ready', { port: 8080 }),
    liveness: kplus.Probe.fromTcpSocket({ port: 8080 }),
    startup: kplus.Probe.fromCommand(['true'], { failureThreshold: 3 }),
    lifecycle: { preStop: kplus.Handler.fromHttpGet('/stop', { port: 8080 }) },
    resources: {
      cpu: { request: kplus.Cpu.millis(100), limit: kplus.Cpu.units(1) },
      memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
      ephemeralStorage: { request: Size.gibibytes(1) },
    },
    volumeMounts: [
      { path: '/config', volume: kplus.Volume.fromConfigMap(chart, 'V1', config as kplus.IConfigMap) },
      { path: '/secret', volume: kplus.Volume.fromSecret(chart, 'V2', secret) },
      {
        path: '/scratch',
        volume: kplus.Volume.fromEmptyDir(chart, 'V3', 'scratch', { sizeLimit: Size.mebibytes(1) }),
      },
    ],
  };
  const pod = {
    containers: [container],
    initContainers: [{ name: 'first', image: 'it:1' }],
    serviceAccount: account as kplus.IServiceAccount,
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
    dns: { nameservers: ['10.0.0.2'], options: [{ name: 'ndots', value: '2' }] },
    terminationGracePeriod: Duration.seconds(9),
  };
  const web = new kplus.Deployment(chart, 'Web', {
    ...pod,
    replicas: 2,
    strategy: kplus.DeploymentStrategy.rollingUpdate({ maxSurge: kplus.PercentOrAbsolute.percent(25) }),
  });
  web.scheduling.attract(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd')), { weight: 2 });
  web.scheduling.tolerate(kplus.Node.tainted(kplus.NodeTaintQuery.exists('gpu')));
  web.scheduling.spread({ topology: kplus.Topology.HOSTNAME });
  const service = web.exposeViaService({ serviceType: kplus.ServiceType.NODE_PORT });
  service.exposeViaIngress('/', { pathType: kplus.HttpIngressPathType.PREFIX });
  const job = { ...pod, restartPolicy: kplus.RestartPolicy.NEVER };
  const batch = new kplus.Deployment(chart, 'Batch', { containers: [{ ...container, volumeMounts: [] }] });
  new kplus.HorizontalPodAutoscaler(chart, 'Scaler', {
    target: batch,
    minReplicas: 2,
    maxReplicas: 9,
    metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))],
  });
  new kplus.StatefulSet(chart, 'Stateful', { containers: [{ ...container, volumeMounts: [] }] });
  new kplus.DaemonSet(chart, 'Agent', {
    containers: [{ ...container, volumeMounts: [] }],
    minReadySeconds: 3,
  });
  new kplus.Job(chart, 'Once', {
    ...job,
    containers: [{ image: 'it:1' }],
    backoffLimit: 2,
    ttlAfterFinished: Duration.hours(1),
  });
  new kplus.CronJob(chart, 'Nightly', { ...job, containers: [{ image: 'it:1' }], schedule: Cron.daily() });
  new kplus.Pod(chart, 'Pod', { containers: [{ image: 'it:1' }] }).attachContainer(
    new kplus.Container({ image: 'b', name: 'b' }),
  );
  new kplus.NetworkPolicy(chart, 'Policy', {
    selector: web,
    ingress: { default: kplus.NetworkPolicyTrafficDefault.DENY },
    egress: {
      rules: [
        {
          peer: kplus.NetworkPolicyIpBlock.ipv4(chart, 'Block', '10.0.0.0/8'),
          ports: [kplus.NetworkPolicyPort.tcp(80)],
        },
      ],
    },
  });
  const role = new kplus.Role(chart, 'Role');
  role.allowRead(kplus.ApiResource.PODS);
  role.bind(account);
  const cluster = new kplus.ClusterRole(chart, 'ClusterRole');
  cluster.allowRead(kplus.NonApiResource.of('/healthz'));
  cluster.bind(account);
  new kplus.AwsElasticBlockStorePersistentVolume(chart, 'Disk', {
    volumeId: 'vol',
    storage: Size.gibibytes(1),
  });
  new kplus.Namespace(chart, 'Namespace');
  ApiObject.of(config).metadata.addAnnotation('a/b', 'on');
}

describe('fields that cdk8s drops or stumbles over', () => {
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };
  const odd = (text: string): Record<string, unknown> => JSON.parse(text);

  test.each([
    ['null', odd('{"spec":{"list":[{"d":null}]}}'), ['/spec/list/0/d']],
    ['__proto__', odd('{"spec":{"__proto__":{"a":1},"b":1}}'), ['/spec/__proto__']],
    ['constructor', odd('{"spec":{"constructor":"x"}}'), ['/spec/constructor']],
    ['null where it is the absence of a field', odd('{"spec":{"a":1},"status":null}'), []],
  ])('fails with their pointer: %s', (_, fields, pointers) => {
    expect(lostIn((chart) => plain(chart, fields))).toEqual(pointers);
  });

  test('fails in a known kind where null is the text of a map', () => {
    const data = odd('{"data":{"a":null,"__proto__":"x","constructor":"y"}}');
    const pointers = ['/data/a', '/data/__proto__', '/data/constructor'];
    expect(lostIn((chart) => plain(chart, data, configMap))).toEqual(pointers);
    const pod = { spec: { nodeSelector: null, containers: [{ name: 'it', image: 'it:1', args: null }] } };
    expect(lostIn((chart) => plain(chart, pod, { apiVersion: 'v1', kind: 'Pod' }))).toEqual([]);
  });

  test('are written when they are set on the final document', () => {
    const { app, chart } = chartOf();
    const object = plain(chart, odd('{"spec":{"d":null,"__proto__":"x"}}'));
    refine(object, set('/spec/d', null), set('/spec/__proto__', 'x'), set('/spec/constructor', 'y'));
    expect(app.synthYaml()).toContain('spec:\n  __proto__: x\n  constructor: "y"\n  d: null\n');
  });
});
