import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Provider } from '@pulumi/kubernetes';
import { log } from '@pulumi/pulumi';
import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { darkroomApp } from '../../charts/app';
import { acknowledge, Environment, type JsonObject, SpecError } from '../../lib';
import { CapstanStack, type CapstanStackArgs, clusterProvider } from '../../lib/pulumi';
import { keyOf } from '../live/compare-live';
import { anyImage, exampleApp, exampleWorker } from '../worker/example-worker';
import { type Registration, recordRegistrations, registered } from './registrations';

let recorded: Registration[] = [];

beforeEach(async () => {
  recorded = await recordRegistrations();
});

const darkroom = darkroomApp({ images: anyImage });
const dev = darkroomApp({ images: anyImage }, ['dev']);
const nameIn = (urn: string) => urn.slice(urn.lastIndexOf('::') + '::'.length);
const SKIPPED = { 'pulumi.com/skipAwait': 'true' };
const provider = () => clusterProvider('cluster', { kubeconfig: 'the cluster' });

async function deploy(args: Omit<CapstanStackArgs, 'provider'>, options = {}, name = 'darkroom') {
  const stack = new CapstanStack(name, { provider: provider(), ...args }, options);
  await registered(stack.resources.values());
  return stack;
}

/** What was registered of kinds of Kubernetes. */
const objects = () => recorded.filter(({ type }) => /^kubernetes:/.test(type));

function registration(kind: string, name: string): Registration {
  const found = objects().filter(
    ({ type, inputs }) => type.endsWith(`:${kind}`) && inputs.metadata.name === name,
  );
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} are ${kind} ${name}`);
  return found[0];
}

/** An app with these objects in a chart. */
function appWith(add: (chart: Chart) => void) {
  const app = exampleApp();
  add(new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true }));
  return app;
}

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { a: 'b' },
});

describe('CapstanStack', () => {
  test.each(darkroom.environments)(
    'registers each document of Darkroom in %s once, as it is',
    async (environment) => {
      const documents = darkroom.documents({ environment });
      const stack = await deploy({ app: darkroom, environment, wait: true });
      const byKey = (inputs: readonly JsonObject[]) =>
        Object.fromEntries(inputs.map((it) => [keyOf(it), it]));
      expect(byKey(objects().map(({ inputs }) => inputs))).toEqual(byKey(documents));
      expect(objects()).toHaveLength(documents.length);

      for (const it of objects()) {
        const { apiVersion, kind } = it.inputs;
        const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
        expect(it.type).toBe(`kubernetes:${group}/${version}:${kind}`);
        expect(it.provider).toContain('::cluster::');
        expect(it.deletesBeforeReplace).toBe(true);
        const { namespace } = it.inputs.metadata;
        const first = namespace === undefined ? undefined : `darkroom/Namespace/${namespace}`;
        if (kind === 'Namespace') expect(it.dependsOn).toEqual([]);
        else if (first !== undefined) expect(it.dependsOn.map(nameIn)).toContain(first);
      }
      const classes = [...stack.resources].map(([{ document }, made]) => [
        document.kind,
        made.constructor.name,
      ]);
      const isOfClass = ([kind, name]: unknown[]) =>
        name === (kind === 'HTTPRoute' ? 'CustomResource' : kind);
      expect(classes.filter((it) => !isOfClass(it))).toEqual([]);
    },
  );

  test('mirrors the tree of constructs, each a component', async () => {
    await deploy({ app: dev, environment: 'dev' });
    const parents = new Map(recorded.map(({ name, parent }) => [name, nameIn(parent)]));
    expect(parents.get('darkroom/Deployment/darkroom/develop')).toBe('darkroom/darkroom/develop');
    expect(parents.get('darkroom/darkroom/develop')).toBe('darkroom/darkroom');
    expect(parents.get('darkroom/darkroom')).toBe('darkroom');
    const components = recorded.filter(({ type }) => type === 'capstan:index:Construct');
    const used = new Set(recorded.map(({ parent }) => nameIn(parent)));
    expect(components.filter(({ name }) => !used.has(name))).toEqual([]);
  });

  test('depends on what the program says, on definitions, and on charts', async () => {
    const app = exampleApp();
    const operator = new Chart(app, 'operator');
    new ApiObject(operator, 'crd', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.org' },
      spec: {
        group: 'example.org',
        names: { kind: 'Widget', plural: 'widgets' },
        scope: 'Namespaced',
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const widget = new ApiObject(chart, 'widget', {
      apiVersion: 'example.org/v1',
      kind: 'Widget',
      metadata: { name: 'a' },
    });
    const first = new ApiObject(chart, 'first', configMap('first'));
    widget.addDependency(first);
    const last = new Chart(app, 'last', { namespace: 'shop' });
    new ApiObject(last, 'last', configMap('last'));
    last.addDependency(chart);
    await deploy({ app });
    const dependencies = ({ dependsOn }: Registration) => dependsOn.map((urn) => nameIn(urn)).sort();
    expect(dependencies(registration('Widget', 'a'))).toEqual([
      'darkroom/ConfigMap/shop/first',
      'darkroom/CustomResourceDefinition/widgets.example.org',
    ]);
    expect(dependencies(registration('ConfigMap', 'first'))).toEqual([]);
    expect(dependencies(registration('ConfigMap', 'last'))).toEqual([
      'darkroom/ConfigMap/shop/first',
      'darkroom/Widget/shop/a',
    ]);
  });

  test('takes no class of a group whose name only begins like one of Kubernetes', async () => {
    const app = appWith((chart) => {
      new ApiObject(chart, 'it', {
        apiVersion: 'apps.example.org/v1',
        kind: 'Deployment',
        metadata: { name: 'it' },
      });
    });
    await deploy({ app });
    const { type, inputs } = registration('Deployment', 'it');
    expect(type).toBe('kubernetes:apps.example.org/v1:Deployment');
    expect(inputs.apiVersion).toBe('apps.example.org/v1');
  });

  test('keeps secrets as secrets, a kubeconfig among them', async () => {
    const app = appWith((chart) => {
      const stringData = { password: 'hunter2' };
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'it' }, stringData };
      acknowledge(new ApiObject(chart, 'it', secret), 'secret-value', 'It is a test.');
    });
    await deploy({ app });
    expect(registration('Secret', 'it').secrets).toEqual(['stringData']);
    expect(recorded.find(({ type }) => type === 'pulumi:providers:kubernetes')?.secrets).toEqual([
      'kubeconfig',
    ]);
  });

  describe('waits', () => {
    const kinds = [
      'Deployment',
      'Service',
      'PersistentVolumeClaim',
      'StatefulSet',
      'Namespace',
      'NetworkPolicy',
    ];
    const skippedKinds = () => {
      const skipped = objects().filter(({ inputs }) => {
        const { annotations = {} } = inputs.metadata;
        return (
          annotations['pulumi.com/skipAwait'] === 'true' || annotations['pulumi.com/waitFor'] !== undefined
        );
      });
      return kinds.filter((kind) => skipped.some(({ inputs }) => inputs.kind === kind));
    };

    test.each([
      ['by default, for what becomes ready by itself', undefined, ['Service', 'PersistentVolumeClaim']],
      ['for everything', true, []],
      ['for nothing', false, ['Deployment', 'Service', 'PersistentVolumeClaim', 'StatefulSet']],
      ['kind by kind', { Service: true, Deployment: false }, ['Deployment', 'PersistentVolumeClaim']],
    ] as const)('%s', async (_, wait, expected) => {
      await deploy({ app: dev, ...(wait !== undefined && { wait }) });
      expect(skippedKinds()).toEqual(expected);
    });

    test('for the end of every workload, or what replaces it would go with it', async () => {
      await deploy({ app: dev, wait: false });
      const workloads = objects().filter(({ inputs }) => inputs.spec?.template !== undefined);
      expect(workloads.length).toBeGreaterThan(3);
      for (const { inputs } of workloads) {
        expect(inputs.metadata.annotations).toMatchObject({
          'pulumi.com/waitFor': 'jsonpath={.metadata.uid}',
        });
        expect(inputs.metadata.annotations).not.toHaveProperty(['pulumi.com/skipAwait']);
      }
    });

    test('on a condition, and as the document says itself', async () => {
      const annotations = { 'pulumi.com/skipAwait': 'false' };
      const service = { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } };
      const made = appWith((chart) => {
        new ApiObject(chart, 'own', { ...service, metadata: { name: 'own', annotations } });
        new ApiObject(chart, 'other', { ...service, metadata: { name: 'other' } });
        new ApiObject(chart, 'it', {
          apiVersion: 'example.org/v1',
          kind: 'Widget',
          metadata: { name: 'it' },
        });
      });
      await deploy({ app: made, wait: { Widget: 'condition=Ready' } });
      expect(registration('Widget', 'it').inputs.metadata.annotations).toEqual({
        'pulumi.com/waitFor': 'condition=Ready',
      });
      expect(registration('Service', 'own').inputs.metadata.annotations).toEqual(annotations);
      expect(registration('Service', 'other').inputs.metadata.annotations).toEqual(SKIPPED);
    });
  });

  test('passes options on, for one object and for all', async () => {
    await deploy(
      {
        app: dev,
        options: ({ document, path }) =>
          document.kind === 'Deployment' ? { ignoreChanges: [`of ${path}`], deleteBeforeReplace: false } : {},
      },
      { protect: true },
    );
    const { ignoreChanges, deletesBeforeReplace } = registration('Deployment', 'develop');
    expect(ignoreChanges).toEqual([expect.stringMatching(/^of dev\/darkroom\/develop/)]);
    expect(deletesBeforeReplace).toBe(false);
    expect(objects().every(({ isProtected }) => isProtected)).toBe(true);
    expect(registration('Namespace', 'darkroom').ignoreChanges).toEqual([]);
  });

  describe('knows an object again', () => {
    const at = (levels: number) => (chart: Chart) => {
      let scope: Construct = chart;
      for (let level = 0; level < levels; level += 1) scope = new Construct(scope, `level-${level}`);
      new ApiObject(scope, 'it', configMap('it'));
    };
    /** As the engine makes it: the mocks leave out all but the last parent. */
    const chainOf = ({ type, parent }: Registration): string => {
      const around = recorded.find(({ name }) => name === nameIn(parent));
      return around === undefined || around.type === 'pulumi:pulumi:Stack'
        ? type
        : `${chainOf(around)}$${type}`;
    };
    const urnOf = (it: Registration) => `urn:pulumi:stack::project::${chainOf(it)}::${it.name}`;
    const placed = async (levels: number) => {
      recorded = await recordRegistrations();
      await deploy({ app: appWith(at(levels)) });
      const found = registration('ConfigMap', 'it');
      return { urn: urnOf(found), aliases: found.aliases };
    };

    test('on another level of the tree', async () => {
      const places = [await placed(0), await placed(1), await placed(4)];
      expect(new Set(places.map(({ urn }) => urn)).size).toBe(3);
      for (const { urn } of places) {
        for (const other of places) expect([other.urn, ...other.aliases]).toContain(urn);
      }
    });

    test('under another version of its API', async () => {
      const widget = (version: string) =>
        appWith((chart) => {
          const apiVersion = `example.org/${version}`;
          new ApiObject(chart, 'it', { apiVersion, kind: 'Widget', metadata: { name: 'it' } });
        });
      await deploy({ app: widget('v1beta1') });
      const before = urnOf(registration('Widget', 'it'));
      recorded = await recordRegistrations();
      await deploy({ app: widget('v1') });
      expect(registration('Widget', 'it').aliases).toContain(before);
    });

    test('below a stack of another name', async () => {
      await deploy({ app: appWith(at(1)) });
      const before = urnOf(registration('ConfigMap', 'it'));
      recorded = await recordRegistrations();
      await deploy({ app: appWith(at(1)) }, { aliases: [{ name: 'darkroom' }] }, 'shop');
      expect(registration('ConfigMap', 'it').aliases).toContain(before);
    });
  });

  describe('warns', () => {
    const warnings = async (made: Provider, document: object) => {
      const warn = jest.spyOn(log, 'warn').mockResolvedValue();
      const app = appWith((chart) => new ApiObject(chart, 'it', { ...configMap('it'), ...document }));
      const stack = new CapstanStack('darkroom', { app, provider: made });
      await registered(stack.resources.values());
      const lines = warn.mock.calls.map(([line]) => line);
      warn.mockRestore();
      return lines;
    };

    test('of ConfigMaps and Secrets that are replaced, as the provider is set', async () => {
      const naive = new Provider('naive', { kubeconfig: 'the cluster' });
      const line = 'A ConfigMap that changes is deleted and made again, and pods that start in between fail.';
      expect(await warnings(naive, {})).toEqual([
        `${line} Set enableConfigMapMutable of the provider, as clusterProvider does.`,
      ]);
      expect(await warnings(naive, { immutable: true })).toEqual([]);
      expect(await warnings(provider(), {})).toEqual([]);
    });
  });

  test('gives the resource of an object', async () => {
    const stack = await deploy({ app: appWith((chart) => new ApiObject(chart, 'it', configMap('it'))) });
    const resource = stack.resource('ConfigMap', 'it');
    expect([...stack.resources.values()]).toEqual([resource]);
    expect(() => stack.resource('ConfigMap', 'other')).toThrow(
      'there is no ConfigMap other. Look it up in dist/.',
    );
  });

  describe('fails', () => {
    test('with the problems of the tree', () => {
      const app = exampleApp();
      exampleWorker(new Chart(app, 'darkroom'), { concurrency: 0 });
      expect(() => new CapstanStack('broken', { app, provider: provider() })).toThrow(SpecError);
    });

    test('without an environment, and with an unknown one, naming those to choose from', () => {
      const app = exampleApp();
      for (const name of ['dev', 'production']) {
        const environment = new Environment(app, name);
        exampleWorker(new Chart(environment, 'darkroom', { namespace: environment.namespace }));
      }
      const line = (got: string) =>
        `environment must be one of dev, production, got ${got}. Name the one that the cluster is for.`;
      expect(() => new CapstanStack('none', { app, provider: provider() })).toThrow(line('none'));
      const args = { app, provider: provider(), environment: 'prod' };
      expect(() => new CapstanStack('prod', args)).toThrow(line('prod'));
      expect(() => exampleApp().documents({ environment: 'dev' })).toThrow(
        'environment must be left out of a program without environments, got dev. Leave it out.',
      );
    });

    test('without a provider of Kubernetes', () => {
      const app = exampleApp();
      const fix = 'Make it with clusterProvider of capstan/pulumi, or with new Provider.';
      const wanted = 'darkroom: provider must be a Provider of @pulumi/kubernetes';
      expect(() => new CapstanStack('darkroom', { app } as unknown as CapstanStackArgs)).toThrow(
        `${wanted}, got nothing. ${fix}`,
      );
      const args = { app, provider: {} } as unknown as CapstanStackArgs;
      expect(() => new CapstanStack('darkroom', args)).toThrow(`${wanted}, got something else. ${fix}`);
    });

    test('of a provider that names no cluster', () => {
      expect(() => clusterProvider('cluster', {})).toThrow(
        'cluster: context must be there, unless kubeconfig is, got nothing. Name the cluster: without it, the objects go wherever the current context points to.',
      );
    });
  });
});
