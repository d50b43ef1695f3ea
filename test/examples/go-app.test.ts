import { describe, expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { goApp } from '../../examples/go-app/program';
import { CapstanApp, NodeAgent } from '../../lib';
import { problemLines } from '../problem-lines';
import { find } from '../worker/example-worker';
import { additions, check, documents, expected, written } from './example';

describe('examples/go-app', () => {
  const all = documents(goApp);
  const deployment = find(all, 'Deployment', 'go-app');
  const pod = deployment.spec.template.spec;
  const [container, ...others] = pod.containers;
  const index = find(all, 'StatefulSet', 'go-app-index');

  test('writes what is committed', () => {
    expect(written(goApp)).toEqual(expected('go-app'));
  });

  test('runs', () => {
    expect(check('go-app')).toMatchObject({ status: 0 });
  });

  test('has the Deployment of the article', () => {
    expect(deployment.spec.replicas).toBe(3);
    expect(others).toEqual([]);
    expect(container.image).toBe('go-app:latest');
    expect(container.ports).toEqual([{ containerPort: 8080, name: 'http' }]);
  });

  test('has a Service that leads to its pods', () => {
    const { selector, ports } = find(all, 'Service', 'go-app').spec;
    expect(deployment.spec.template.metadata.labels).toMatchObject(selector);
    expect(ports).toEqual([{ name: 'http', port: 8080, targetPort: 8080 }]);
  });

  test('has a ConfigMap that its pods read', () => {
    expect(find(all, 'ConfigMap', 'go-app-config').data).toEqual({ LOG_LEVEL: 'info' });
    const reference = { configMapKeyRef: { key: 'LOG_LEVEL', name: 'go-app-config' } };
    expect(container.env).toContainEqual({ name: 'LOG_LEVEL', valueFrom: reference });
  });

  test('tells its pods where the StatefulSet is', () => {
    const address = { name: 'GO_APP_INDEX_ADDRESS', value: 'go-app-index.go-app.svc:7700' };
    expect(container.env).toContainEqual(address);
  });

  test('has a volume and a claim, bound to each other, which three pods may mount', () => {
    const volume = find(all, 'PersistentVolume', 'go-app-pv').spec;
    const claim = find(all, 'PersistentVolumeClaim', 'go-app-pvc').spec;
    expect(claim.volumeName).toBe('go-app-pv');
    expect(volume.claimRef).toMatchObject({ name: 'go-app-pvc', namespace: 'go-app' });
    expect(claim.accessModes).toEqual(['ReadWriteMany']);
    expect(pod.volumes).toMatchObject([{ persistentVolumeClaim: { claimName: 'go-app-pvc' } }]);
  });

  test('has requests and limits', () => {
    expect(container.resources).toEqual({
      requests: { cpu: '250m', memory: '64Mi' },
      limits: { cpu: '500m', memory: '128Mi' },
    });
  });

  test('has priorities: its pods push out those of the StatefulSet, which wait', () => {
    const classOf = (name: string) => find(all, 'PriorityClass', name);
    const first = classOf(pod.priorityClassName);
    const patient = classOf(index.spec.template.spec.priorityClassName);
    expect(first.value).toBeGreaterThan(patient.value);
    expect(first.preemptionPolicy).toBe('PreemptLowerPriority');
    expect(patient.preemptionPolicy).toBe('Never');
  });

  test('adds no object that is not named here', () => {
    expect(additions(all, ['Deployment/go-app'])).toEqual([
      // The article explains these kinds; names and values are ours.
      'ConfigMap/go-app-config',
      'Namespace/go-app',
      'NetworkPolicy/default-deny',
      'NetworkPolicy/go-app',
      'NetworkPolicy/go-app-index',
      'PersistentVolume/go-app-pv',
      'PersistentVolumeClaim/go-app-pvc',
      'PodDisruptionBudget/go-app',
      'PodDisruptionBudget/go-app-index',
      'PriorityClass/go-app-first',
      'PriorityClass/go-app-patient',
      'Service/go-app',
      'Service/go-app-index',
      'Service/go-app-index-headless',
      'ServiceAccount/go-app',
      'ServiceAccount/go-app-index',
      'StatefulSet/go-app-index',
    ]);
  });

  test("fails for the article's tag on a construct of Capstan's own", () => {
    const app = new CapstanApp();
    const resources = { cpu: { request: Cpu.millis(50) }, memory: Size.mebibytes(64) };
    new NodeAgent(new Chart(app, 'chart', { namespace: 'go-app' }), 'agent', {
      image: 'go-app:latest',
      resources,
    });
    expect(problemLines(app)).toEqual([
      expect.stringContaining('chart/agent: image must be an image with a version as its tag'),
    ]);
  });
});
