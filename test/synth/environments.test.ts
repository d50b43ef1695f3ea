import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { parse } from 'yaml';
import { CapstanApp, Environment } from '../../lib';
import { listedFiles } from '../../lib/synth/file-list';
import { problemLines } from '../problem-lines';
import { temporaryFolder } from '../temporary-folder';
import { manifestsIn } from './manifests-in';

const types = Object.values(YamlOutputType).filter((it): it is YamlOutputType => typeof it === 'number');

function object(scope: Construct, id: string, name = id): ApiObject {
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
}

function chart(environment: Environment, id: string): Chart {
  return new Chart(environment, id, { namespace: environment.namespace });
}

/** Writes what `fill` puts into two environments, and gives the files. */
function written(fill: (environment: Environment) => void, yamlOutputType = YamlOutputType.FILE_PER_CHART) {
  const app = new CapstanApp({ outdir: temporaryFolder(), yamlOutputType });
  for (const name of ['dev', 'production']) fill(new Environment(app, name, { namespace: 'studio' }));
  app.synth();
  return manifestsIn(app.outdir);
}

/** Files of the charts that a test makes in `dev`. */
function chartFiles(files: Record<string, string>): string[] {
  const names = Object.keys(files).filter((name) => name.startsWith('dev/'));
  return names
    .map((name) => posix.relative('dev', name))
    .filter((name) => !/kustomiz|environment/.test(name));
}

function resourcesIn(files: Record<string, string>, folder: string): string[] {
  return parse(files[`${folder}/kustomization.yaml`] ?? '').resources;
}

describe('an environment', () => {
  test('has a folder of its own, with files called after charts alone', () => {
    const files = written((environment) => object(chart(environment, 'darkroom'), 'it'));
    const names = ['0-environment.k8s.yaml', 'darkroom.k8s.yaml', 'kustomization.yaml'];
    const expected = ['dev', 'production'].flatMap((folder) => names.map((name) => `${folder}/${name}`));
    expect(Object.keys(files)).toEqual(expected);
    expect(files['dev/darkroom.k8s.yaml']).toBe(files['production/darkroom.k8s.yaml']);
  });

  test.each(types)('has a kustomization that lists each file, none empty, with output type %i', (type) => {
    const files = written((environment) => {
      object(chart(environment, 'web'), 'one');
      object(chart(environment, 'api'), 'two');
      chart(environment, 'without-objects');
    }, type);
    for (const folder of ['dev', 'production']) {
      const inFolder = Object.keys(files).filter((name) => name.startsWith(`${folder}/`));
      const manifests = inFolder.map((name) => posix.relative(folder, name)).sort();
      expect([...resourcesIn(files, folder), 'kustomization.yaml'].sort()).toEqual(manifests);
      expect(resourcesIn(files, folder)).toEqual([...resourcesIn(files, folder)].sort());
    }
    expect(Object.values(files)).not.toContain('');
    expect(Object.values(files).join('')).toMatch(/name: one\n/);
  });

  test('numbers its files when its charts depend on each other, whatever other environments do', () => {
    const files = written((environment) => {
      const [web, api] = [chart(environment, 'web'), chart(environment, 'api')];
      object(web, 'one');
      object(api, 'two');
      if (environment.name === 'dev') web.addDependency(api);
    });
    expect(chartFiles(files)).toEqual(['0001-api.k8s.yaml', '0002-web.k8s.yaml']);
    expect(resourcesIn(files, 'dev')).toHaveLength(3);
    expect(Object.keys(files)).toContain('production/web.k8s.yaml');
  });

  test('gives charts with inner names or odd ones readable names, and a hash where two would be the same', () => {
    const files = written((environment) => {
      const inner = new Construct(environment, 'platform');
      for (const [index, [scope, id]] of [
        [inner, 'web'] as const,
        [environment, 'My API_v2'] as const,
        [environment, 'Twin'] as const,
        [environment, 'twin'] as const,
        [environment, '…'] as const,
      ].entries()) {
        object(new Chart(scope, id, { namespace: 'studio' }), 'it', `it-${index}`);
      }
    });
    expect(chartFiles(files)).toEqual([
      expect.stringMatching(/^[0-9a-f]{8}\.k8s\.yaml$/),
      'my-api-v2.k8s.yaml',
      'platform-web.k8s.yaml',
      expect.stringMatching(/^twin-[0-9a-f]{8}\.k8s\.yaml$/),
      'twin.k8s.yaml',
    ]);
  });

  test('leaves charts outside of it where cdk8s puts them', () => {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    object(new Chart(app, 'shared'), 'it');
    object(chart(new Environment(app, 'dev'), 'web'), 'it');
    app.synth();
    expect(Object.keys(manifestsIn(app.outdir))).toEqual([
      'dev/0-environment.k8s.yaml',
      'dev/kustomization.yaml',
      'dev/web.k8s.yaml',
      'shared.k8s.yaml',
    ]);
  });

  test('shares its folder with that of another app of the program', () => {
    const outdir = temporaryFolder();
    for (const id of ['web', 'api']) {
      const app = new CapstanApp({ outdir });
      const environment = new Environment(app, 'dev', { namespace: id });
      object(chart(environment, id), id);
      app.synth();
    }
    expect(resourcesIn(manifestsIn(outdir), 'dev')).toEqual([
      '0-environment.k8s.yaml',
      'api.k8s.yaml',
      'web.k8s.yaml',
    ]);
  });

  test('that is gone takes its folder with it', () => {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    for (const name of ['dev', 'production']) new Environment(app, name, { namespace: 'studio' });
    app.synth();
    app.node.tryRemoveChild('production');
    app.synth();
    expect(Object.keys(manifestsIn(app.outdir))).toEqual([
      'dev/0-environment.k8s.yaml',
      'dev/kustomization.yaml',
    ]);
    expect(listedFiles(app.outdir)).toEqual(['dev/0-environment.k8s.yaml', 'dev/kustomization.yaml']);
  });

  test('may hold the same object as another one', () => {
    expect(() => written((environment) => object(chart(environment, 'web'), 'same'))).not.toThrow();
  });
});

describe('fails', () => {
  test('when one environment holds an object twice', () => {
    const twice = (environment: Environment) => {
      for (const id of ['web', 'api']) object(chart(environment, id), 'same');
    };
    expect(() => written(twice)).toThrow(
      /^dev\/api\/same: metadata\.name must be the only ConfigMap of its name in studio, got same, which dev\/web\/same has/m,
    );
    expect(() => written(twice)).toThrow(/^production\/api\/same: /m);
  });

  test('when an object in no namespace is there twice, whatever namespace its metadata name', () => {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    for (const namespace of ['one', 'two']) {
      new ApiObject(new Chart(app, namespace, { namespace }), 'it', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'reader' },
      });
    }
    expect(() => app.synth()).toThrow(
      'two/it: metadata.name must be the only ClusterRole of its name, got reader, ',
    );
  });

  test('when two environments have the same name, and so the same folder', () => {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    new Environment(app, 'dev');
    new Environment(new Construct(app, 'other'), 'dev');
    expect(() => app.synth()).toThrow(
      'other/dev: id must differ from every other environment of the app, got dev, ',
    );
  });
});

describe('what is wrong in one environment hides nothing of another', () => {
  const pod = (containers: unknown) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'it' },
    spec: { containers },
  });
  const unsafe = pod([{ name: 'it', image: 'it:1', securityContext: { privileged: true } }]);

  function linesOf(fill: (a: Chart, b: Chart) => void): string[] {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    const [a, b] = ['a', 'b'].map((name) =>
      chart(new Environment(app, name, { namespace: 'studio' }), 'web'),
    );
    if (a !== undefined && b !== undefined) fill(a, b);
    return problemLines(app);
  }

  test('fails with a prop of one and a field of the other', () => {
    const lines = linesOf((a, b) => {
      a.node.addValidation({ validate: () => ['size must be 1 or more, got 0. Raise it.'] });
      new ApiObject(a, 'hidden', pod(3));
      new ApiObject(b, 'it', pod(3));
    });
    expect(lines).toEqual([
      'a/web: size must be 1 or more, got 0. Raise it.',
      expect.stringMatching(/^b\/web\/it: Pod \/spec\/containers must be a list/),
    ]);
  });

  test('fails with a field of one and what a rule finds in the other', () => {
    const lines = linesOf((a, b) => {
      new ApiObject(a, 'it', pod(3));
      new ApiObject(b, 'it', unsafe);
    });
    expect(lines[0]).toMatch(/^a\/web\/it: Pod \/spec\/containers/);
    expect(lines.slice(1).join('\n')).toMatch(/^b\/web\/it: .*privileged/);
    expect(lines.filter((line) => line.startsWith('a/'))).toHaveLength(1);
  });

  test('fails with nothing more when something is wrong above all of them', () => {
    const lines = linesOf((a) => {
      a.node.root.node.addValidation({ validate: () => ['all must be well, got nothing. Begin.'] });
      new ApiObject(a, 'it', pod(3));
    });
    expect(lines).toEqual(['all must be well, got nothing. Begin.']);
  });
});
