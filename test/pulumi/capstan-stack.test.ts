import { beforeAll, describe, expect, test } from '@jest/globals';
import { Provider } from '@pulumi/kubernetes/provider';
import { output, runtime } from '@pulumi/pulumi';
import { Chart } from 'cdk8s';
import { Environment, type JsonObject, SpecError } from '../../lib';
import { CapstanStack } from '../../lib/pulumi';
import { exampleApp, exampleWorker } from '../worker/example-worker';

const registered: runtime.MockResourceArgs[] = [];

beforeAll(async () => {
  await runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: `${args.name}-id`, state: { ...args.inputs, resources: [] } };
    },
    call: (args) => args.inputs,
  });
});

function resource(type: string): runtime.MockResourceArgs {
  const found = registered.filter((it) => it.type === type);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} resources are ${type}`);
  return found[0];
}

describe('CapstanStack', () => {
  test('registers the documents of the app, on the provider that it is given', async () => {
    const app = exampleApp();
    exampleWorker(new Chart(app, 'darkroom', { namespace: 'darkroom' }));
    const provider = new Provider('cluster', { kubeconfig: 'the cluster' });
    const stack = new CapstanStack('darkroom', { app, provider, skipAwait: true });
    await new Promise((done) => output(stack.objects.resources).apply(done));

    const group = resource('kubernetes:yaml/v2:ConfigGroup');
    expect(group.inputs.objs).toEqual(app.documents());
    expect(group.inputs.objs.length).toBeGreaterThan(7);
    expect(group.inputs.skipAwait).toBe(true);
    expect(group.provider).toContain('::cluster::');
    expect(resource('capstan:index:CapstanStack').name).toBe('darkroom');
  });

  test('fails with the problems of the tree', () => {
    const app = exampleApp();
    exampleWorker(new Chart(app, 'darkroom'), { concurrency: 0 });
    const provider = new Provider('other', { kubeconfig: 'the cluster' });
    expect(() => new CapstanStack('broken', { app, provider })).toThrow(SpecError);
  });

  describe('of a program with several environments', () => {
    const places = () => {
      const app = exampleApp();
      for (const name of ['dev', 'production']) {
        const environment = new Environment(app, name);
        exampleWorker(new Chart(environment, 'darkroom', { namespace: environment.namespace }));
      }
      return app;
    };
    const namespacesIn = (documents: readonly JsonObject[]) =>
      documents.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata);

    test('registers the documents of the one that it is given', async () => {
      registered.length = 0;
      const app = places();
      const provider = new Provider('dev', { kubeconfig: 'the cluster' });
      const stack = new CapstanStack('dev', { app, provider, environment: 'dev' });
      await new Promise((done) => output(stack.objects.resources).apply(done));
      const { objs } = resource('kubernetes:yaml/v2:ConfigGroup').inputs;
      expect(objs).toEqual(app.documents({ environment: 'dev' }));
      expect(namespacesIn(objs)).toMatchObject([{ name: 'dev' }]);
      expect(namespacesIn(app.documents())).toMatchObject([{ name: 'dev' }, { name: 'production' }]);
    });

    test('fails without one, and with an unknown one, naming those to choose from', () => {
      const app = places();
      const provider = new Provider('unknown', { kubeconfig: 'the cluster' });
      const line = (got: string) =>
        `environment must be one of dev, production, got ${got}. Name the one that the cluster is for.`;
      expect(() => new CapstanStack('none', { app, provider })).toThrow(line('none'));
      expect(() => new CapstanStack('prod', { app, provider, environment: 'prod' })).toThrow(line('prod'));
      expect(() => exampleApp().documents({ environment: 'dev' })).toThrow(
        'environment must be left out of a program without environments, got dev. Leave it out.',
      );
    });
  });
});
