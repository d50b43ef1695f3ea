import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ApiObject, Chart, Testing, YamlOutputType } from 'cdk8s';
import { CapstanApp } from '../../lib';
import { manifestsIn } from '../synth/manifests-in';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'capstan-synth-'));
});

function object(scope: Chart, id: string, namespace = 'one'): ApiObject {
  const metadata = { name: id.toLowerCase(), namespace };
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { id } });
}

describe('CapstanApp', () => {
  test('writes independent charts in files without numbers, and gives the same text in one', () => {
    const app = new CapstanApp({ outdir });
    for (const id of ['one', 'two']) object(new Chart(app, id), id);
    app.synth();
    expect(Object.keys(manifestsIn(outdir))).toEqual(['one.k8s.yaml', 'two.k8s.yaml']);
    expect(Object.values(manifestsIn(outdir)).join('---\n')).toBe(app.synthYaml());
  });

  test('renders each object once, however many charts there are', () => {
    const app = new CapstanApp({ outdir });
    let rendered = 0;
    for (let index = 0; index < 20; index++) {
      const it = object(new Chart(app, `chart${index}`), `object${index}`);
      const render = it.toJson.bind(it);
      it.toJson = () => {
        rendered++;
        return render();
      };
    }
    app.synth();
    expect(rendered).toBe(20);
  });

  test('writes nothing when something is wrong', () => {
    const app = new CapstanApp({ outdir });
    const chart = new Chart(app, 'chart');
    object(chart, 'fine');
    chart.node.addValidation({ validate: () => ['size must be 1 or more, got 0. Raise it.'] });
    expect(() => app.synth()).toThrow('chart: size must be 1 or more, got 0. Raise it.');
    expect(readdirSync(outdir)).toEqual([]);
  });

  test('works with Testing.synth', () => {
    const chart = new Chart(new CapstanApp({ outdir }), 'chart');
    object(chart, 'it');
    expect(Testing.synth(chart)).toMatchObject([{ kind: 'ConfigMap', metadata: { name: 'it' } }]);
  });
});

describe('fails', () => {
  test('when two objects are one and the same to a cluster, naming both', () => {
    const app = new CapstanApp({ outdir });
    const chart = new Chart(app, 'chart');
    object(chart, 'same');
    object(new Chart(app, 'other'), 'Same');
    object(new Chart(app, 'elsewhere'), 'same', 'two');
    expect(() => app.synth()).toThrow(
      'other/Same: metadata.name must be the only ConfigMap of its name in one, got same, which chart/same has already. ',
    );
  });

  test('when one version of an API would overwrite another', () => {
    const app = new CapstanApp({ outdir });
    const chart = new Chart(app, 'chart');
    for (const version of ['v1', 'v2']) {
      const metadata = { name: 'it' };
      new ApiObject(chart, version, {
        apiVersion: `autoscaling/${version}`,
        kind: 'HorizontalPodAutoscaler',
        metadata,
      });
    }
    expect(() => app.synth()).toThrow('must be the only HorizontalPodAutoscaler of its name');
  });

  test('when two objects would share a file that holds one', () => {
    const app = new CapstanApp({ outdir, yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    const chart = new Chart(app, 'chart');
    object(chart, 'it');
    object(new Chart(app, 'other'), 'It', 'two');
    expect(() => app.synth()).toThrow(
      "other/It: must have a file of its own, got ConfigMap.it.k8s.yaml, which is another's already. ",
    );
  });
});
