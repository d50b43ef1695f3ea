import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Deployment, Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { myApp } from '../../examples/my-app/program';
import { CapstanApp, VolumeClaim } from '../../lib';
import { problemLines } from '../problem-lines';
import { find } from '../worker/example-worker';
import { additions, check, documents, expected, written } from './example';

const ARTICLE = ['Deployment/my-app', 'Service/my-app-service', 'PersistentVolumeClaim/my-app-pvc'];

/** The only construct of a type in an app. */
function only<T extends Construct>(app: CapstanApp, type: abstract new (...args: never[]) => T): T {
  const [found] = app.node.findAll().filter((it): it is T => it instanceof type);
  if (found === undefined) throw new Error(`no ${type.name}`);
  return found;
}

describe('examples/my-app', () => {
  const all = documents(myApp);
  const deployment = find(all, 'Deployment', 'my-app');
  const pod = deployment.spec.template.spec;
  const [container, ...others] = pod.containers;
  const store = find(all, 'StatefulSet', 'my-app-store');
  const storeContainer = store.spec.template.spec.containers[0];
  const agent = find(all, 'DaemonSet', 'my-app-logs');

  test('writes what is committed', () => {
    expect(written(myApp)).toEqual(expected('my-app'));
  });

  test('runs', () => {
    expect(check('my-app')).toMatchObject({ status: 0 });
  });

  test('has the Deployment of the article', () => {
    expect(deployment.spec.replicas).toBe(3);
    expect(others).toEqual([]);
    expect(container.name).toBe('my-app-container');
    expect(container.image).toBe('my-app-image');
    expect(container.ports).toEqual([{ containerPort: 80, name: 'http' }]);
  });

  test('has the Service of the article', () => {
    const { type, ports, selector } = find(all, 'Service', 'my-app-service').spec;
    expect(type).toBe('LoadBalancer');
    expect(ports).toEqual([{ name: 'http', port: 80, targetPort: 80 }]);
    expect(deployment.spec.template.metadata.labels).toMatchObject(selector);
  });

  test('has the claim of the article, which one pod mounts', () => {
    const { accessModes, resources } = find(all, 'PersistentVolumeClaim', 'my-app-pvc').spec;
    expect(accessModes).toEqual(['ReadWriteOnce']);
    expect(resources).toEqual({ requests: { storage: '1Gi' } });
    expect(store.spec.replicas).toBe(1);
    const claim = { name: 'claim-my-app-pvc', persistentVolumeClaim: { claimName: 'my-app-pvc' } };
    expect(store.spec.template.spec.volumes).toMatchObject([{ name: 'scratch' }, claim]);
    expect(pod.volumes).toBeUndefined();
  });

  test('tells its pods where the StatefulSet is', () => {
    const address = { name: 'MY_APP_STORE_ADDRESS', value: 'my-app-store.my-app.svc:6379' };
    expect(container.env).toContainEqual(address);
  });

  test('has a ConfigMap, and a Secret by reference only', () => {
    const reference = { secretKeyRef: { key: 'password', name: 'my-app-secret' } };
    const password = expect.objectContaining({ name: 'STORE_PASSWORD', valueFrom: reference });
    expect(find(all, 'ConfigMap', 'my-app-config').data).toEqual({ LOG_LEVEL: 'info' });
    expect(container.env).toContainEqual(password);
    expect(storeContainer.env).toContainEqual(password);
    expect(all.map(({ kind }) => kind)).not.toContain('Secret');
  });

  test('has a DaemonSet in a namespace that admits it', () => {
    const namespace = find(all, 'Namespace', agent.metadata.namespace);
    expect(namespace.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('privileged');
  });

  test('adds no object that is not named here', () => {
    expect(additions(all, ARTICLE)).toEqual([
      // The article explains StatefulSet, DaemonSet, ConfigMap and Secret; names and values are ours.
      'ConfigMap/my-app-config',
      'DaemonSet/my-app-logs',
      'Namespace/my-app',
      'Namespace/my-app-agents',
      'NetworkPolicy/default-deny',
      'NetworkPolicy/default-deny',
      'NetworkPolicy/my-app',
      'NetworkPolicy/my-app-logs',
      'NetworkPolicy/my-app-store',
      'PodDisruptionBudget/my-app',
      'PodDisruptionBudget/my-app-store',
      'PriorityClass/my-app-agents-my-app-logs',
      'Service/my-app-store',
      'Service/my-app-store-headless',
      'ServiceAccount/my-app',
      'ServiceAccount/my-app-logs',
      'ServiceAccount/my-app-store',
      'StatefulSet/my-app-store',
    ]);
  });

  test('fails when the three pods mount the claim', () => {
    const app = new CapstanApp();
    myApp(app);
    only(app, Deployment).containers[0]?.mount('/data', only(app, VolumeClaim));
    expect(problemLines(app).join('\n')).toContain('up to 3 pods mount it (replicas)');
  });

  test("fails for a Secret with a value, as the article's", () => {
    const app = new CapstanApp();
    const chart = new Chart(app, 'chart', { namespace: 'my-app' });
    new Secret(chart, 'Secret', { metadata: { name: 'my-app-secret' }, stringData: { password: 'guess' } });
    expect(problemLines(app)).toEqual([expect.stringContaining('must not be written with its values')]);
  });
});
