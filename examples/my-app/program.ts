import {
  type CapstanApp,
  Environment,
  NetworkAccess,
  NodeAgent,
  refine,
  Settings,
  StatefulService,
  set,
  VolumeClaim,
} from 'capstan';
import { Chart, Size } from 'cdk8s';
import { Cpu, type Deployment, Probe, Secret, ServiceType } from 'cdk8s-plus-27';
import { articleDeployment, articleService, connect } from '../deployment';

const PORT = 80;

/** The article's Deployment `my-app`, Service and claim, and an object of each further kind that it explains. */
export function myApp(app: CapstanApp): void {
  const environment = new Environment(app, 'dev', {
    namespace: 'my-app',
    // An agent that reads the node's files is admitted there, and nothing else is put beside it.
    namespaces: [{ name: 'my-app-agents', podSecurity: 'privileged' }],
  });
  const chart = new Chart(environment, 'my-app', { namespace: environment.namespace });
  const deployment = frontend(chart);
  articleService(chart, 'my-app', {
    metadata: {
      name: 'my-app-service',
      annotations: { ...environment.loadBalancerAnnotations('external') },
    },
    type: ServiceType.LOAD_BALANCER,
    ports: [{ name: 'http', port: PORT, targetPort: PORT }],
  });
  keep(chart, deployment);
  follow(new Chart(environment, 'my-app-agents', { namespace: 'my-app-agents' }));
}

function frontend(chart: Chart): Deployment {
  const deployment = articleDeployment(chart, 'my-app', {
    replicas: 3,
    container: {
      name: 'my-app-container',
      // The article's image. Without a tag it means :latest, which Capstan's own constructs refuse: name a version.
      image: 'my-app-image',
      ports: [{ name: 'http', number: PORT }],
      resources: {
        cpu: { request: Cpu.millis(100), limit: Cpu.millis(500) },
        memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
      },
      readiness: Probe.fromTcpSocket({ port: PORT }),
      liveness: Probe.fromTcpSocket({ port: PORT, failureThreshold: 6 }),
    },
  });
  // Ports below 1024 are root's, and these pods are not: the kernel is told otherwise, in their own network only.
  const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: String(PORT) }];
  refine(deployment, set('/spec/template/spec/securityContext/sysctls', sysctls));
  return deployment;
}

/**
 * The article's claim is of one node at a time, and three pods would mount it in its Deployment. So one pod keeps the
 * files: a StatefulSet, which ends a pod before it starts the next. The three call it.
 */
function keep(chart: Chart, deployment: Deployment): void {
  const claim = new VolumeClaim(chart, 'my-app-pvc', { size: Size.gibibytes(1) });
  const secret = Secret.fromSecretName(chart, 'Password', 'my-app-secret');
  const settings = new Settings(chart, 'my-app-config', {
    data: { LOG_LEVEL: 'info' },
    // Somebody else makes the Secret; the article's own has its value in the manifest, which is refused.
    secrets: { STORE_PASSWORD: { secret, key: 'password' } },
  });
  const store = new StatefulService(chart, 'my-app-store', {
    image: 'redis:8.2',
    replicas: 1,
    command: ['redis-server'],
    args: ['--dir', '/data', '--appendonly', 'yes', '--requirepass', '$(STORE_PASSWORD)'],
    env: settings.env({ STORE_PASSWORD: 'STORE_PASSWORD' }),
    ports: [{ name: 'client', number: 6379 }],
    volumes: [claim.mount('/data')],
    resources: { cpu: { request: Cpu.millis(100) }, memory: Size.mebibytes(128) },
    probes: { readiness: Probe.fromTcpSocket({ port: 6379 }) },
  });
  settings.envFor(deployment);
  const access = new NetworkAccess(chart, 'my-app', {
    pods: { app: 'my-app' },
    // Load balancers call from outside the cluster.
    ingress: ['0.0.0.0/0', '::/0'].map((cidr) => ({ cidr, ports: [PORT] })),
  });
  connect(deployment, access, store.connection());
}

/** A DaemonSet: a pod on every node copies what the containers of my-app print to its own output. */
function follow(chart: Chart): void {
  new NodeAgent(chart, 'my-app-logs', {
    image: 'fluent/fluent-bit:4.0.3',
    args: ['-i', 'tail', '-p', 'path=/var/log/pods/my-app_*/*/*.log', '-o', 'stdout'],
    needs: { hostPaths: [{ path: '/var/log/pods' }], root: true },
    resources: { cpu: { request: Cpu.millis(50) }, memory: Size.mebibytes(64) },
  });
}
