import { describe, expect, test } from '@jest/globals';
import type { EnvironmentProps, WebServiceProps } from '../../lib';
import { type Document, find } from '../worker/example-worker';
import { restrictedViolations } from '../worker/pod-security';
import { GATEWAY, INGRESS, serviceDocuments } from './example-service';

const host = 'photos.example.com';

const variants: [string, Partial<WebServiceProps>, EnvironmentProps][] = [
  ['inside of the cluster', {}, {}],
  ['behind a gateway', { expose: { host }, protocols: ['http', 'grpc'] }, GATEWAY],
  ['behind an ingress controller', { expose: { host } }, INGRESS],
  ['behind a load balancer', { loadBalancer: {}, port: 443 }, { cloud: 'azure' }],
];

describe.each(variants)('a service %s', (_, props, place) => {
  const documents = serviceDocuments(props, place);
  const deployment = find(documents, 'Deployment');
  const { template } = deployment.spec;
  const [container] = template.spec.containers;
  const services = documents.filter((it) => it.kind === 'Service');
  const contract = JSON.parse(find(documents, 'ConfigMap', 'upload').data['service.json']);
  const policy = find(documents, 'NetworkPolicy', 'upload').spec;

  test('has selectors that select its pods, by one label of ours', () => {
    const selectors = [
      deployment.spec.selector.matchLabels,
      find(documents, 'PodDisruptionBudget').spec.selector.matchLabels,
      policy.podSelector.matchLabels,
      ...services.map((service) => service.spec.selector),
      ...template.spec.topologySpreadConstraints.map((it: Document) => it.labelSelector.matchLabels),
    ];
    for (const selector of selectors) expect(selector).toEqual({ 'app.kubernetes.io/instance': 'upload' });
    expect(template.metadata.labels).toMatchObject(selectors[0]);
  });

  test('has pods that are admitted under restricted', () => {
    expect(restrictedViolations(template.spec)).toEqual([]);
    expect(template.spec.automountServiceAccountToken).toBe(false);
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  });

  test('carries the recommended labels on every object', () => {
    for (const { metadata } of documents) {
      expect(metadata.namespace).toBe('darkroom');
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'upload',
        'app.kubernetes.io/instance': 'upload',
        'app.kubernetes.io/managed-by': 'capstan',
      });
    }
  });

  test('listens where its contract says, and Services lead there by name', () => {
    const { port, metricsPort } = contract.http;
    expect(container.ports.map((it: Document) => it.containerPort)).toEqual([port, metricsPort]);
    const named = container.ports.map((it: Document) => it.name);
    for (const service of services) {
      expect(service.spec).not.toHaveProperty('externalIPs');
      for (const it of service.spec.ports) expect(named).toContain(it.targetPort);
    }
  });

  test('opens no port that it does not listen on', () => {
    const opened = policy.ingress.flatMap((rule: Document) => rule.ports.map((it: Document) => it.port));
    for (const port of opened) expect(Object.values(contract.http)).toContain(port);
    expect(policy.policyTypes).toEqual(['Ingress', 'Egress']);
  });

  test('is probed on a declared port, by three probes that differ', () => {
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    for (const probe of probes) {
      expect(probe.httpGet.port).toBe(contract.http.metricsPort);
      expect(probe.timeoutSeconds).toBeLessThanOrEqual(probe.periodSeconds);
    }
    expect(new Set(probes.map((probe) => JSON.stringify(probe))).size).toBe(3);
  });

  test('ends within its grace period: lame duck, longest wait, longest request and flush', () => {
    const { lameDuckSeconds, drainSeconds, flushSeconds } = contract.shutdown;
    const { terminationGracePeriodSeconds: grace } = template.spec;
    expect(grace).toBe(Math.ceil(lameDuckSeconds + drainSeconds + flushSeconds));
    expect(drainSeconds).toBeGreaterThanOrEqual(contract.queue.maxWaitSeconds + contract.request.maxSeconds);
    expect(container).not.toHaveProperty('lifecycle');
    const { scaleDown } = find(documents, 'HorizontalPodAutoscaler').spec.behavior;
    expect(scaleDown.stabilizationWindowSeconds).toBeGreaterThan(grace);
    expect(scaleDown.policies[0].periodSeconds).toBeGreaterThan(grace);
  });

  test('never lacks a pod in a rolling update, and says no replicas of its own', () => {
    const { strategy, minReadySeconds } = deployment.spec;
    expect(strategy.type).toBe('RollingUpdate');
    expect(strategy.rollingUpdate).toMatchObject({ maxUnavailable: 0 });
    expect(strategy.rollingUpdate.maxSurge).toBeGreaterThanOrEqual(1);
    expect(minReadySeconds).toBe(5);
    expect(deployment.spec).not.toHaveProperty('replicas');
    const { apiVersion, kind, metadata } = deployment;
    const { scaleTargetRef } = find(documents, 'HorizontalPodAutoscaler').spec;
    expect(scaleTargetRef).toEqual({ apiVersion, kind, name: metadata.name });
  });

  test('mounts what it needs, and only /tmp is writable', () => {
    const path = container.env.find((it: Document) => it.name === 'CAPSTAN_CONFIG').value;
    const mount = container.volumeMounts.find((it: Document) => path.startsWith(`${it.mountPath}/`));
    const volume = template.spec.volumes.find((it: Document) => it.name === mount.name);
    expect(find(documents, 'ConfigMap', volume.configMap.name).data).toHaveProperty([
      path.slice(mount.mountPath.length + 1),
    ]);
    const writable = container.volumeMounts.filter((it: Document) => !it.readOnly);
    expect(writable.map((it: Document) => it.mountPath)).toEqual(['/tmp']);
  });
});

test('a change of the configuration rolls the pods; a change outside of them does not', () => {
  const template = (props: Partial<WebServiceProps>) =>
    find(serviceDocuments(props), 'Deployment').spec.template;
  const before = template({});
  const after = template({ settings: { quality: '80' } });
  expect(after.metadata.annotations).not.toEqual(before.metadata.annotations);
  expect(after.spec).toEqual(before.spec);
  const outside: Partial<WebServiceProps> = {
    port: 8000,
    egress: [{ cidr: '0.0.0.0/0', ports: [443] }],
    scale: { min: 2, max: 20, by: 'requests-per-second' },
  };
  expect(template(outside)).toEqual(before);
});

test('readiness gates hold pods back until somebody sets their conditions', () => {
  const pod = (props: Partial<WebServiceProps>) =>
    find(serviceDocuments(props), 'Deployment').spec.template.spec;
  expect(pod({ readinessGates: ['example.com/lb'] }).readinessGates).toEqual([
    { conditionType: 'example.com/lb' },
  ]);
  expect(pod({})).not.toHaveProperty('readinessGates');
});
