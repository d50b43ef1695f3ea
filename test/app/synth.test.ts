import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ApiObject, App, type AppProps, Chart, Testing, YamlOutputType } from 'cdk8s';
import { CapstanApp } from '../../lib';
import { MARK } from '../../lib/synth/write-files';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'capstan-synth-'));
});

function object(scope: Chart, id: string, namespace = 'one'): ApiObject {
  const metadata = { name: id.toLowerCase(), namespace };
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { id } });
}

/** Two charts, a nested one, and dependencies between objects and charts. */
function exampleTree(app: App): void {
  const first = new Chart(app, 'first');
  const second = new Chart(app, 'second');
  const nested = new Chart(second, 'nested');
  const a = object(first, 'A');
  const b = object(first, 'B');
  a.addDependency(b);
  object(second, 'C').addDependency(a);
  object(nested, 'D');
}

function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function withoutMark(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, text.replace(`${MARK}\n`, '')]),
  );
}

const types = Object.values(YamlOutputType).filter((it): it is YamlOutputType => typeof it === 'number');

describe('CapstanApp', () => {
  test.each(types)('writes what the App of cdk8s writes, with output type %i', (yamlOutputType) => {
    const written = (make: (props: AppProps) => App) => {
      const folder = mkdtempSync(join(outdir, 'app-'));
      const app = make({ outdir: folder, yamlOutputType, recordConstructMetadata: true });
      exampleTree(app);
      app.synth();
      return withoutMark(filesIn(folder));
    };
    const expected = written((props) => new App(props));
    expect(Object.keys(expected).length).toBeGreaterThan(1);
    expect(written((props) => new CapstanApp(props))).toEqual(expected);
  });

  test('writes independent charts in files without numbers, and gives the same text in one', () => {
    const app = new CapstanApp({ outdir });
    for (const id of ['one', 'two']) object(new Chart(app, id), id);
    app.synth();
    expect(Object.keys(filesIn(outdir))).toEqual(['one.k8s.yaml', 'two.k8s.yaml']);
    expect(Object.values(withoutMark(filesIn(outdir))).join('---\n')).toBe(app.synthYaml());
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

  test('leaves unchanged files untouched and replaces changed ones', () => {
    const synth = (data: string) => {
      const app = new CapstanApp({ outdir });
      object(new Chart(app, 'same'), 'same');
      object(new Chart(app, 'changed'), data);
      app.synth();
    };
    synth('before');
    const long = new Date(0);
    for (const name of readdirSync(outdir)) utimesSync(join(outdir, name), long, long);
    synth('after');
    expect(statSync(join(outdir, 'same.k8s.yaml')).mtime).toEqual(long);
    expect(statSync(join(outdir, 'changed.k8s.yaml')).mtime).not.toEqual(long);
    expect(readFileSync(join(outdir, 'changed.k8s.yaml'), 'utf8')).toContain('id: after');
  });

  test('removes manifests of its own that are no longer wanted, and nothing else', () => {
    mkdirSync(join(outdir, 'deep'));
    const kept = ['hand.k8s.yaml', 'README.md', 'deep/hand.k8s.yaml'];
    for (const name of kept) writeFileSync(join(outdir, name), 'by: hand\n');
    for (const name of ['old.k8s.yaml', 'deep/old.k8s.yaml'])
      writeFileSync(join(outdir, name), `${MARK}\nold: yes\n`);
    const app = new CapstanApp({ outdir });
    object(new Chart(app, 'current'), 'current');
    app.synth();
    expect(Object.keys(filesIn(outdir)).sort()).toEqual([...kept, 'current.k8s.yaml'].sort());
  });

  test('keeps what another app of the program wrote into the same folder', () => {
    for (const id of ['one', 'two']) {
      const app = new CapstanApp({ outdir });
      object(new Chart(app, id), id);
      app.synth();
    }
    expect(Object.keys(filesIn(outdir))).toEqual(['one.k8s.yaml', 'two.k8s.yaml']);
  });

  test('removes what a killed run left half-written, and no part of a running one or of others', () => {
    const ended = spawnSync(process.execPath, ['--version']).pid;
    const parts = {
      [`a.k8s.yaml.${ended}.part`]: `${MARK}\nkind: A`,
      [`b.k8s.yaml.${ended}.part`]: MARK.slice(0, 9),
      [`c.k8s.yaml.${ended}.part`]: '',
      [`hand.${ended}.part`]: 'by: hand\n',
      [`d.k8s.yaml.${process.ppid}.part`]: MARK,
    };
    for (const [name, text] of Object.entries(parts)) writeFileSync(join(outdir, name), text);
    new CapstanApp({ outdir }).synth();
    expect(Object.keys(filesIn(outdir)).sort()).toEqual(
      [`hand.${ended}.part`, `d.k8s.yaml.${process.ppid}.part`].sort(),
    );
  });

  test('leaves no file half-written: a folder in the way fails, and the other files stay', () => {
    mkdirSync(join(outdir, 'chart.k8s.yaml', 'in-the-way'), { recursive: true });
    const app = new CapstanApp({ outdir });
    object(new Chart(app, 'chart'), 'chart');
    expect(() => app.synth()).toThrow();
    expect(readdirSync(outdir)).toEqual(['chart.k8s.yaml']);
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
  test('when a file that is not its own has the name of a manifest, and writes nothing', () => {
    writeFileSync(join(outdir, 'two.k8s.yaml'), 'by: hand\n');
    const app = new CapstanApp({ outdir });
    for (const id of ['one', 'two']) object(new Chart(app, id), id);
    expect(() => app.synth()).toThrow(/^\S*two\.k8s\.yaml: must be written by Capstan, got a file without/);
    expect(filesIn(outdir)).toEqual({ 'two.k8s.yaml': 'by: hand\n' });
  });

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
      'other/It: yamlOutputType must give every object a file of its own, got ConfigMap.it.k8s.yaml for two. ',
    );
  });
});
