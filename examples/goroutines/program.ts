import { type CapstanApp, Environment, NetworkAccess } from 'capstan';
import { Chart, Duration, Size } from 'cdk8s';
import {
  Cpu,
  EnvValue,
  HttpIngressPathType,
  Ingress,
  IngressBackend,
  Probe,
  type ServicePort,
} from 'cdk8s-plus-27';
import { articleDeployment, articleService } from '../deployment';

/** Both sides of concurrency: pods outside, and goroutines that work at the same time inside each of them. */
export interface Concurrency {
  readonly replicas: number;
  readonly workers: number;
}

const HTTP: ServicePort = { name: 'http', port: 8080, targetPort: 8080 };

/** The article's Deployment `my-app` with its Service and its Ingress. */
export function goroutines(app: CapstanApp, concurrency: Concurrency = { replicas: 2, workers: 2 }): void {
  const environment = new Environment(app, 'dev', { namespace: 'my-app' });
  const chart = new Chart(environment, 'my-app', { namespace: environment.namespace });
  const { replicas, workers } = concurrency;
  articleDeployment(chart, 'my-app', {
    replicas,
    container: {
      name: 'my-app',
      image: 'my-app:1.0',
      ports: [{ name: 'http', number: HTTP.port }],
      envVariables: { WORKERS: EnvValue.fromValue(String(workers)) },
      // The tasks compute all the time: each worker can keep a core busy.
      resources: {
        cpu: { request: Cpu.millis(100 * workers), limit: Cpu.units(workers) },
        memory: { request: Size.mebibytes(64), limit: Size.mebibytes(64) },
      },
      startup: Probe.fromHttpGet('/healthz', {
        port: HTTP.port,
        failureThreshold: 60,
        periodSeconds: Duration.seconds(1),
      }),
      readiness: Probe.fromHttpGet('/readyz', { port: HTTP.port, periodSeconds: Duration.seconds(2) }),
      liveness: Probe.fromHttpGet('/healthz', { port: HTTP.port, timeoutSeconds: Duration.seconds(5) }),
    },
  });
  const service = articleService(chart, 'my-app', { metadata: { name: 'my-app' }, ports: [HTTP] });
  new Ingress(chart, 'Ingress', {
    metadata: { name: 'my-ingress' },
    rules: [
      {
        host: 'my-app.example.com',
        path: '/',
        pathType: HttpIngressPathType.PREFIX,
        backend: IngressBackend.fromService(service),
      },
    ],
  });
  // The ingress controller calls from a namespace that only the cluster knows.
  new NetworkAccess(chart, 'my-app', {
    pods: { app: 'my-app' },
    ingress: [{ all: 'cluster', ports: [HTTP.port] }],
  });
}
