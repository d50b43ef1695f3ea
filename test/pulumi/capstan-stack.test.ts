import { beforeAll, describe, expect, test } from '@jest/globals';
import { Provider } from '@pulumi/kubernetes/provider';
import { output, runtime } from '@pulumi/pulumi';
import { Chart } from 'cdk8s';
import { SpecError } from '../../lib';
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
});
