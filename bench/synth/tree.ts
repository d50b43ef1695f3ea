import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';

/** Objects of a chart of {@link plantCharts}. */
export const OBJECTS_PER_CHART = 6;

/** Makes charts of six objects each, with the classes that `cdk8s import k8s` generates. */
export function plantCharts(app: App, charts: number): void {
  for (let index = 0; index < charts; index++) plantChart(app, `app-${String(index).padStart(5, '0')}`);
}

function plantChart(app: App, name: string): void {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' };
  const metadata = { name, labels };
  const chart = new Chart(app, name, { namespace: 'shop' });
  new k8s.KubeServiceAccount(chart, 'account', { metadata, automountServiceAccountToken: false });
  new k8s.KubeConfigMap(chart, 'config', {
    metadata,
    data: { LOG_LEVEL: 'info', 'settings.json': '{\n  "timeout": "10s",\n  "retries": 3\n}\n' },
  });
  new k8s.KubeDeployment(chart, 'deployment', { metadata, spec: deployment(name, labels) });
  new k8s.KubeService(chart, 'service', {
    metadata,
    spec: {
      selector: labels,
      ports: [{ name: 'http', port: 80, targetPort: k8s.IntOrString.fromString('http') }],
    },
  });
  new k8s.KubeHorizontalPodAutoscalerV2(chart, 'autoscaler', {
    metadata,
    spec: {
      minReplicas: 2,
      maxReplicas: 10,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  });
  new k8s.KubeNetworkPolicy(chart, 'policy', {
    metadata,
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: k8s.IntOrString.fromNumber(8080) }] }],
    },
  });
}

function deployment(name: string, labels: Record<string, string>): k8s.DeploymentSpec {
  return {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'main',
            image: `registry.example.com/shop/${name}:1.4.2`,
            ports: [{ name: 'http', containerPort: 8080 }],
            envFrom: [{ configMapRef: { name } }],
            readinessProbe: { httpGet: { path: '/readyz', port: k8s.IntOrString.fromString('http') } },
            resources: {
              requests: { cpu: k8s.Quantity.fromString('100m'), memory: k8s.Quantity.fromString('128Mi') },
              limits: { memory: k8s.Quantity.fromString('128Mi') },
            },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  };
}
