import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { acknowledge, type CapstanApp } from '../../../lib';
import { exampleApp } from '../../worker/example-worker';

/** A small program that changes between two runs. */
export interface Shop {
  /** @default one */
  readonly image?: string;
  /** @default that of the name */
  readonly selector?: string;
  /** Value of a setting. @default blue */
  readonly colour?: string;
  /** @default true */
  readonly hasCache?: boolean;
  /** Constructs between the chart and its objects. @default 0 */
  readonly levels?: number;
}

/** What the Secret holds. */
export const PASSWORD = 'correct horse battery staple';
export const NAMESPACE = 'shop';

/** The program. */
export function shop({
  image = 'one',
  selector = 'web',
  colour = 'blue',
  hasCache = true,
  levels = 0,
}: Shop): CapstanApp {
  const app = exampleApp();
  const chart = new Chart(app, 'shop', { namespace: NAMESPACE });
  const add = (kind: string, name: string, body: object, apiVersion = 'v1', scope: Construct = chart) =>
    new ApiObject(scope, `${kind}-${name}`, { apiVersion, kind, metadata: { name }, ...body });
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  new ApiObject(chart, 'namespace', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels },
  });
  acknowledge(add('Secret', 'web', { stringData: { password: PASSWORD } }), 'secret-value', 'It is a test.');
  add('ConfigMap', 'web', { data: { colour } });
  add('Service', 'web', { spec: { selector: { app: selector }, ports: [{ name: 'http', port: 80 }] } });
  let scope: Construct = chart;
  for (let level = 0; level < levels; level += 1) scope = new Construct(scope, `level-${level}`);
  add('Deployment', 'web', { spec: deployment(selector, image) }, 'apps/v1', scope);
  if (hasCache) add('Deployment', 'cache', { spec: deployment('cache', 'cache') }, 'apps/v1');
  return app;
}

function deployment(app: string, image: string): object {
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const resources = { requests: { cpu: '0.1', memory: '16Mi' }, limits: { memory: '16Mi' } };
  return {
    replicas: 2,
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'it', image: `localhost:5000/${image}:1`, securityContext, resources }] },
    },
  };
}
