import { describe, expect, test } from '@jest/globals';
import { goroutines } from '../../examples/goroutines/program';
import { find } from '../worker/example-worker';
import { additions, check, documents, expected, written } from './example';

const ARTICLE = ['Deployment/my-app', 'Service/my-app', 'Ingress/my-ingress'];

describe('examples/goroutines', () => {
  const all = documents(goroutines);
  const deployment = find(all, 'Deployment', 'my-app');
  const service = find(all, 'Service', 'my-app');
  const [container, ...others] = deployment.spec.template.spec.containers;

  test('writes what is committed', () => {
    expect(written(goroutines)).toEqual(expected('goroutines'));
  });

  test('runs', () => {
    expect(check('goroutines')).toMatchObject({ status: 0 });
  });

  test('has the Deployment of the article', () => {
    expect(deployment.metadata.labels).toEqual({ app: 'my-app' });
    expect(deployment.spec.selector.matchLabels).toEqual({ app: 'my-app' });
    expect(deployment.spec.template.metadata.labels.app).toBe('my-app');
    expect(deployment.spec.replicas).toBe(2);
    expect(others).toEqual([]);
    expect(container.image).toBe('my-app:1.0');
    expect(container.ports).toEqual([{ containerPort: 8080, name: 'http' }]);
  });

  test('has the Service of the article', () => {
    expect(service.spec.selector).toEqual({ app: 'my-app' });
    expect(service.spec.ports).toEqual([{ name: 'http', port: 8080, targetPort: 8080 }]);
  });

  test('has the Ingress of the article', () => {
    expect(find(all, 'Ingress', 'my-ingress').spec.rules).toEqual([
      {
        host: 'my-app.example.com',
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: 'my-app', port: { number: 8080 } } },
            },
          ],
        },
      },
    ]);
  });

  test('adds no object that is not named here', () => {
    expect(additions(all, ARTICLE)).toEqual([
      'Namespace/my-app',
      'NetworkPolicy/default-deny',
      'NetworkPolicy/my-app',
      'PodDisruptionBudget/my-app',
      'ServiceAccount/my-app',
    ]);
  });

  test('takes replicas outside and workers inside from one spec', () => {
    const more = documents((app) => goroutines(app, { replicas: 5, workers: 8 }));
    const { replicas, template } = find(more, 'Deployment', 'my-app').spec;
    const [{ env, resources }] = template.spec.containers;
    expect(replicas).toBe(5);
    expect(env).toEqual([{ name: 'WORKERS', value: '8' }]);
    expect(resources.limits.cpu).toBe('8');
    expect(resources.requests.cpu).toBe('800m');
  });
});
