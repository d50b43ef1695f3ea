import { describe, expect, test } from '@jest/globals';
import { Size } from 'cdk8s';
import { type IPersistentVolumeClaim, PersistentVolumeClaim, Volume } from 'cdk8s-plus-27';
import { Source } from '../../lib';
import {
  type Document,
  documentsOf,
  exampleChart,
  exampleProps,
  exampleWorker,
  find,
  workerDocuments,
} from './example-worker';

function folderDocuments(): Document[] {
  const chart = exampleChart();
  const claim = new PersistentVolumeClaim(chart, 'Photos', { storage: Size.gibibytes(1) });
  // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
  const volume = Volume.fromPersistentVolumeClaim(chart, 'Volume', claim as IPersistentVolumeClaim);
  exampleWorker(chart, {
    source: Source.folder({ volume }),
    scale: { ...exampleProps.scale, min: 1, max: 1 },
  });
  return documentsOf(chart);
}

const sources: [string, () => Document[]][] = [
  ['a memory source', () => workerDocuments()],
  ['a folder source', folderDocuments],
];

describe.each(sources)('with %s', (_, render) => {
  const documents = render();
  const deployment = find(documents, 'Deployment');
  const { template } = deployment.spec;
  const [container] = template.spec.containers;
  const services = documents.filter((it) => it.kind === 'Service');
  const contract = JSON.parse(find(documents, 'ConfigMap').data['worker.json']);

  test('every selector selects the pods', () => {
    const selectors = [
      deployment.spec.selector.matchLabels,
      find(documents, 'PodDisruptionBudget').spec.selector.matchLabels,
      find(documents, 'NetworkPolicy').spec.podSelector.matchLabels,
      ...services.map((service) => service.spec.selector),
      ...template.spec.topologySpreadConstraints.map((it: Document) => it.labelSelector.matchLabels),
      ...template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.map(
        (it: Document) => it.podAffinityTerm.labelSelector.matchLabels,
      ),
    ];
    for (const selector of selectors) {
      expect(Object.keys(selector)).toHaveLength(1);
      expect(template.metadata.labels).toMatchObject(selector);
    }
  });

  test('every object carries the recommended labels and lies in the namespace of the chart', () => {
    const ours = documents.filter((it) => it.metadata.labels?.['app.kubernetes.io/managed-by'] === 'capstan');
    expect(ours.map((it) => it.kind)).toEqual(
      expect.arrayContaining(['ConfigMap', 'Deployment', 'NetworkPolicy', 'Service']),
    );
    for (const { metadata } of ours) {
      expect(metadata.namespace).toBe('darkroom');
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'develop',
        'app.kubernetes.io/instance': 'develop',
      });
    }
  });

  test('Services lead to named ports that the container listens on', () => {
    const ports = container.ports.map((port: Document) => port.name);
    for (const service of services) {
      expect(service.spec).not.toHaveProperty('externalIPs');
      for (const port of service.spec.ports) expect(ports).toContain(port.targetPort);
    }
    expect(container.ports.map((port: Document) => port.containerPort)).toEqual(Object.values(contract.http));
  });

  test('the NetworkPolicy opens exactly the ports that the container listens on, and DNS', () => {
    const { ingress, egress, policyTypes } = find(documents, 'NetworkPolicy').spec;
    const opened = ingress.flatMap((rule: Document) => rule.ports.map((port: Document) => port.port));
    expect(opened).toEqual(container.ports.map((port: Document) => port.containerPort));
    expect(egress.flatMap((rule: Document) => rule.ports.map((port: Document) => port.port))).toEqual([
      53, 53,
    ]);
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
  });

  test('probes differ, ask a declared port of the pod itself, and never a queue', () => {
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    const declared = container.ports.map((port: Document) => port.containerPort);
    for (const probe of probes) {
      expect(declared).toContain(probe.httpGet.port);
      expect(probe.httpGet).not.toHaveProperty('host');
      expect(probe.timeoutSeconds).toBeLessThanOrEqual(probe.periodSeconds);
    }
    expect(new Set(probes.map((probe) => JSON.stringify(probe))).size).toBe(3);
    expect(container.readinessProbe.httpGet.path).not.toBe(container.livenessProbe.httpGet.path);
  });

  test('liveness waits longer than readiness, and startup longer than the planned start', () => {
    const patience = (probe: Document) => probe.periodSeconds * probe.failureThreshold;
    expect(patience(container.livenessProbe)).toBeGreaterThan(patience(container.readinessProbe));
    expect(patience(container.startupProbe)).toBeGreaterThanOrEqual(30);
  });

  test('every mount has its volume, every volume its mount, and only /tmp and the source are writable', () => {
    const volumes = template.spec.volumes.map((volume: Document) => volume.name);
    expect(container.volumeMounts.map((mount: Document) => mount.name).sort()).toEqual([...volumes].sort());
    const writable = container.volumeMounts.filter((mount: Document) => !mount.readOnly);
    const source = contract.source.folder ? ['/data'] : [];
    expect(writable.map((mount: Document) => mount.mountPath)).toEqual(['/tmp', ...source]);
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  });

  test('the configuration is mounted where the worker looks for it', () => {
    const path = container.env.find((it: Document) => it.name === 'CAPSTAN_CONFIG').value;
    const mount = container.volumeMounts.find((it: Document) => path.startsWith(`${it.mountPath}/`));
    const volume = template.spec.volumes.find((it: Document) => it.name === mount.name);
    const config = find(documents, 'ConfigMap');
    expect(volume.configMap.name).toBe(config.metadata.name);
    expect(Object.keys(config.data)).toContain(path.slice(mount.mountPath.length + 1));
  });

  test('the grace period is the sum of the shutdown budget', () => {
    const { lameDuckSeconds, drainSeconds, flushSeconds } = contract.shutdown;
    expect(template.spec.terminationGracePeriodSeconds).toBe(
      Math.ceil(lameDuckSeconds + drainSeconds + flushSeconds),
    );
    expect(drainSeconds).toBeGreaterThanOrEqual(contract.task.maxSeconds);
    expect(container).not.toHaveProperty('lifecycle');
  });

  test('requests and limits are said for cpu, memory and ephemeral storage', () => {
    const named = ['cpu', 'ephemeral-storage', 'memory'];
    expect(Object.keys(container.resources.requests).sort()).toEqual(named);
    expect(Object.keys(container.resources.limits).sort()).toEqual(named);
  });

  test('the Go heap ends below the memory limit', () => {
    const heap = Number(container.env.find((it: Document) => it.name === 'GOMEMLIMIT').value);
    const limit = Number(/^(\d+)Mi$/.exec(container.resources.limits.memory)?.[1]) * 2 ** 20;
    expect(heap / limit).toBeGreaterThan(0.85);
    expect(heap / limit).toBeLessThan(0.95);
  });

  test('the image is pinned by digest, and every pull is authorized', () => {
    expect(container.image).toMatch(/^[^@]+:[^@]+@sha256:[0-9a-f]{64}$/);
    expect(container.imagePullPolicy).toBe('Always');
  });
});

test.each(sources)(
  'a node drain takes some of the pods at a time and is never held up, with %s',
  (_, render) => {
    const { maxUnavailable, unhealthyPodEvictionPolicy } = find(render(), 'PodDisruptionBudget').spec;
    expect(maxUnavailable).toBeGreaterThanOrEqual(1);
    expect(unhealthyPodEvictionPolicy).toBe('AlwaysAllow');
  },
);

describe('the autoscaler', () => {
  const documents = workerDocuments();
  const { spec } = find(documents, 'HorizontalPodAutoscaler');

  test('scales the Deployment, which says no replicas of its own', () => {
    const deployment = find(documents, 'Deployment');
    const { apiVersion, kind, metadata } = deployment;
    expect(spec.scaleTargetRef).toEqual({ apiVersion, kind, name: metadata.name });
    expect(deployment.spec).not.toHaveProperty('replicas');
  });

  test('has utilisation before backlog, and the backlog of this worker only', () => {
    expect(spec.metrics).toMatchObject([
      { type: 'Pods', pods: { metric: { name: 'capstan_pool_utilization' } } },
      { type: 'External', external: { metric: { name: 'capstan_queue_backlog' } } },
    ]);
    expect(spec.metrics[1].external.metric.selector.matchLabels).toEqual({ worker: 'develop' });
  });

  test('leaves out what a folder with one process cannot use', () => {
    const folder = folderDocuments();
    expect(folder.filter((it) => it.kind === 'HorizontalPodAutoscaler')).toEqual([]);
    expect(find(folder, 'Deployment').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(find(folder, 'Deployment').spec.strategy).not.toHaveProperty('rollingUpdate');
  });
});
