import { createHash } from 'node:crypto';
import { ApiObject, App, Chart, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';

const app = new App();
const chart = new Chart(app, 'studio', { namespace: 'studio' });
const name = 'resize';
const selector = { 'app.kubernetes.io/instance': name };
const labels = { ...selector, 'app.kubernetes.io/name': name };
const metadata = { name, labels };

const serviceAccount = new kplus.ServiceAccount(chart, 'account', { metadata, automountToken: false });
const configuration = JSON.stringify({
  contract: 1,
  name,
  pool: { slots: 4 },
  fetch: { factor: 2, maxPrefetch: 1 },
  source: { memory: { capacity: 2937, payloadBytes: 1024 } },
  task: {
    maxSeconds: 20,
    ackWaitSeconds: 44,
    maxAttempts: 5,
    backoff: { initialSeconds: 1, maxSeconds: 60, factor: 2, jitter: 0.5 },
  },
  shutdown: { lameDuckSeconds: 5, drainSeconds: 85.9925, flushSeconds: 3 },
  http: { metricsPort: 9090, intakePort: 8080 },
});
const config = new kplus.ConfigMap(chart, 'config', { metadata, data: { 'worker.json': configuration } });

const deployment = new kplus.Deployment(chart, 'deployment', {
  metadata,
  podMetadata: {
    labels,
    annotations: { 'checksum/config': createHash('sha256').update(configuration).digest('hex') },
  },
  select: false,
  strategy: kplus.DeploymentStrategy.rollingUpdate({
    maxSurge: kplus.PercentOrAbsolute.absolute(3),
    maxUnavailable: kplus.PercentOrAbsolute.absolute(0),
  }),
  minReady: Duration.seconds(5),
  terminationGracePeriod: Duration.seconds(94),
  serviceAccount: serviceAccount as kplus.IServiceAccount,
  automountServiceAccountToken: false,
  securityContext: {
    user: 65532,
    group: 65532,
    fsGroup: 65532,
    fsGroupChangePolicy: kplus.FsGroupChangePolicy.ON_ROOT_MISMATCH,
  },
  dns: { options: [{ name: 'ndots', value: '2' }] },
});
deployment.select(kplus.LabelSelector.of({ labels: selector }));
deployment.scheduling.separate(deployment, { weight: 100, topology: kplus.Topology.HOSTNAME });
const container = deployment.addContainer({
  name: 'worker',
  image: `localhost:5000/resize:1@sha256:${'0'.repeat(64)}`,
  envVariables: {
    CAPSTAN_CONFIG: kplus.EnvValue.fromValue('/etc/capstan/worker.json'),
    GOMEMLIMIT: kplus.EnvValue.fromValue('282171801'),
  },
  ports: [
    { name: 'metrics', number: 9090 },
    { name: 'intake', number: 8080 },
  ],
  resources: {
    cpu: { request: kplus.Cpu.millis(1780), limit: kplus.Cpu.units(3) },
    memory: { request: Size.mebibytes(299), limit: Size.mebibytes(299) },
  },
  securityContext: { user: 65532, group: 65532 },
  startup: kplus.Probe.fromHttpGet('/startupz', {
    port: 9090,
    failureThreshold: 60,
    periodSeconds: Duration.seconds(1),
    timeoutSeconds: Duration.seconds(1),
  }),
  readiness: kplus.Probe.fromHttpGet('/readyz', {
    port: 9090,
    failureThreshold: 2,
    periodSeconds: Duration.seconds(5),
    timeoutSeconds: Duration.seconds(2),
  }),
  liveness: kplus.Probe.fromHttpGet('/healthz', {
    port: 9090,
    failureThreshold: 4,
    periodSeconds: Duration.seconds(15),
    timeoutSeconds: Duration.seconds(5),
  }),
});
const configVolume = kplus.Volume.fromConfigMap(chart, 'config-volume', config as kplus.IConfigMap, {
  name: 'config',
});
container.mount('/etc/capstan', configVolume, { readOnly: true });
const scratch = { sizeLimit: Size.mebibytes(16) };
container.mount('/tmp', kplus.Volume.fromEmptyDir(chart, 'scratch', 'scratch', scratch));
const spread = (topologyKey: string) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: selector },
  matchLabelKeys: ['pod-template-hash'],
});
const pod = '/spec/template/spec';
// cdk8s-plus-27 takes ephemeral storage in whole gibibytes only.
const storage = kplus.k8s.Quantity.fromString('80Mi');
ApiObject.of(deployment).addJsonPatch(
  JsonPatch.add(`${pod}/enableServiceLinks`, false),
  JsonPatch.add(`${pod}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
  JsonPatch.add(`${pod}/containers/0/securityContext/capabilities`, { drop: ['ALL'] }),
  JsonPatch.add(`${pod}/containers/0/resources/requests/ephemeral-storage`, storage),
  JsonPatch.add(`${pod}/containers/0/resources/limits/ephemeral-storage`, storage),
  JsonPatch.add(`${pod}/topologySpreadConstraints`, [
    spread('topology.kubernetes.io/zone'),
    spread('kubernetes.io/hostname'),
  ]),
);

new kplus.HorizontalPodAutoscaler(chart, 'autoscaler', {
  metadata,
  target: deployment,
  minReplicas: 3,
  maxReplicas: 10,
  metrics: [
    kplus.Metric.pods({
      name: 'capstan_pool_utilization',
      target: kplus.MetricTarget.averageValue(0.7),
    }),
    kplus.Metric.external({
      name: 'capstan_queue_backlog',
      labelSelector: kplus.LabelSelector.of({ labels: { worker: name } }),
      target: kplus.MetricTarget.averageValue(2666),
    }),
  ],
  scaleUp: {
    stabilizationWindow: Duration.seconds(0),
    policies: [
      { replicas: kplus.Replicas.percent(100), duration: Duration.seconds(15) },
      { replicas: kplus.Replicas.absolute(4), duration: Duration.seconds(15) },
    ],
  },
  scaleDown: {
    stabilizationWindow: Duration.seconds(300),
    policies: [{ replicas: kplus.Replicas.percent(25), duration: Duration.seconds(105) }],
  },
});

new ApiObject(chart, 'disruption-budget', {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata,
  spec: {
    maxUnavailable: 1,
    selector: { matchLabels: selector },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  },
});
new ApiObject(chart, 'network-policy', {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata,
  spec: {
    podSelector: { matchLabels: selector },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: [{ namespaceSelector: {} }], ports: [{ port: 9090 }] },
      { from: [{ podSelector: {} }], ports: [{ port: 8080 }] },
    ],
    egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] }],
  },
});
const services = [
  { id: name, clusterIP: undefined, port: { name: 'intake', port: 80, targetPort: 'intake' } },
  { id: `${name}-metrics`, clusterIP: 'None', port: { name: 'metrics', port: 9090, targetPort: 'metrics' } },
];
for (const { id, clusterIP, port } of services) {
  new ApiObject(chart, `service-${id}`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: id, labels },
    spec: { clusterIP, ports: [port], selector },
  });
}
app.synth();
