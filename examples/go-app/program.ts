import {
  type CapstanApp,
  Environment,
  NetworkAccess,
  PriorityClass,
  refine,
  Settings,
  StatefulService,
  StaticVolume,
  set,
  VolumeClaim,
} from 'capstan';
import { Chart, Size } from 'cdk8s';
import { Cpu, type Deployment, EnvValue, Probe, Secret } from 'cdk8s-plus-27';
import { articleDeployment, articleService, connect } from '../deployment';

const PORT = 8080;

/** The article's Deployment `go-app` of three pods, and an object of each kind that it explains. */
export function goApp(app: CapstanApp): void {
  const environment = new Environment(app, 'dev', { namespace: 'go-app' });
  const chart = new Chart(environment, 'go-app', { namespace: environment.namespace });
  const deployment = articleDeployment(chart, 'go-app', {
    replicas: 3,
    container: {
      name: 'go-app',
      // The article's tag. Every start pulls, so that all pods at least run what the tag means at that time; nothing
      // tells which program that is. Capstan's own constructs refuse it: name a version.
      image: 'go-app:latest',
      ports: [{ name: 'http', number: PORT }],
      resources: {
        cpu: { request: Cpu.millis(250), limit: Cpu.millis(500) },
        memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
      },
      readiness: Probe.fromTcpSocket({ port: PORT }),
      liveness: Probe.fromTcpSocket({ port: PORT, failureThreshold: 6 }),
    },
  });
  articleService(chart, 'go-app', {
    metadata: { name: 'go-app' },
    ports: [{ name: 'http', port: PORT, targetPort: PORT }],
  });
  const access = new NetworkAccess(chart, 'go-app', {
    pods: { app: 'go-app' },
    ingress: [{ all: 'namespace', ports: [PORT] }],
  });
  configure(chart, deployment);
  prioritize(chart, deployment, access);
}

/** A ConfigMap whose change rolls the pods, and a volume that all three of them share. */
function configure(chart: Chart, deployment: Deployment): void {
  const settings = new Settings(chart, 'go-app-config', { data: { LOG_LEVEL: 'info' } });
  settings.envFor(deployment);
  // NFS, since volumes of one node at a time cannot be in three pods.
  const volume = new StaticVolume(chart, 'volume', {
    name: 'go-app-pv',
    source: { kind: 'nfs', server: 'nfs.example.com', path: '/exports/go-app' },
    size: Size.gibibytes(5),
  });
  const claim = new VolumeClaim(chart, 'go-app-pvc', { volume });
  deployment.containers[0]?.mount('/data', claim);
}

/** On a full node a pod of `go-app` pushes out one of the index, which waits for room without pushing out others. */
function prioritize(chart: Chart, deployment: Deployment, access: NetworkAccess): void {
  const first = new PriorityClass(chart, 'go-app-first', {
    value: 100_000,
    description: 'Answers users: pods of lower values make room.',
  });
  const patient = new PriorityClass(chart, 'go-app-patient', {
    value: 1_000,
    preempts: 'never',
    description: 'Can be built again: waits for room.',
  });
  refine(deployment, set('/spec/template/spec/priorityClassName', first.name));
  const keys = Secret.fromSecretName(chart, 'IndexKeys', 'go-app-index');
  const index = new StatefulService(chart, 'go-app-index', {
    image: 'getmeili/meilisearch:v1.24.0',
    replicas: 1,
    ports: [{ name: 'http', number: 7700 }],
    claims: { data: { size: Size.gibibytes(1), path: '/meili_data' } },
    env: {
      MEILI_ENV: EnvValue.fromValue('production'),
      MEILI_MASTER_KEY: EnvValue.fromSecretValue({ secret: keys, key: 'master' }),
    },
    resources: { cpu: { request: Cpu.millis(250) }, memory: Size.mebibytes(512) },
    probes: { readiness: Probe.fromHttpGet('/health', { port: 7700 }) },
    priority: patient,
  });
  connect(deployment, access, index.connection());
}
