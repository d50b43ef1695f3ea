import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, type AppProps, Chart, Include, YamlOutputType } from 'cdk8s';
import fc from 'fast-check';
import { CapstanApp, SpecError } from '../../lib';
import { temporaryFolder, writeFiles } from '../temporary-folder';
import { grow, trees } from './arbitrary-tree';
import { manifestsIn } from './manifests-in';

const types = Object.values(YamlOutputType).filter((it): it is YamlOutputType => typeof it === 'number');

/** What an app writes into an empty folder, or what it throws. */
function written(make: (props: AppProps) => App, props: AppProps, fill: (app: App) => void) {
  const outdir = temporaryFolder();
  const app = make({ ...props, outdir });
  fill(app);
  try {
    app.synth();
  } catch (error) {
    return { error };
  }
  return { files: manifestsIn(outdir), text: app.synthYaml() };
}

const stock = (props: AppProps) => new App(props);
const ours = (props: AppProps) => new CapstanApp(props);

/** cdk8s writes the one over the other. */
const TWO_IN_ONE = /must have a file of its own|must be the only/;

describe.each(types)('with output type %i', (yamlOutputType) => {
  const props = { yamlOutputType, recordConstructMetadata: true };

  test('files have the names and bytes that cdk8s gives them, and what it refuses is refused', () => {
    let compared = 0;
    const isSame = fc.property(trees, (tree) => {
      const mine = written(ours, props, (app) => grow(app, tree));
      if (mine.error !== undefined && !(mine.error instanceof SpecError)) throw mine.error;
      if (mine.error !== undefined && TWO_IN_ONE.test(mine.error.message)) return true;
      const theirs = written(stock, props, (app) => grow(app, tree));
      if (theirs.error !== undefined) return mine.error !== undefined;
      if (Object.keys(mine.files ?? {}).length > 1) compared++;
      return isDeepStrictEqual(mine, theirs);
    });
    fc.assert(isSame, { numRuns: 50 });
    expect(compared).toBeGreaterThan(15);
  });
});

test('an included file is written as cdk8s writes it', () => {
  const documents = [
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { on: "yes", n: "010" }',
    '# no object',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b, namespace: one }\ndata:\n  text: |\n    two\n    lines\n',
  ];
  const folder = temporaryFolder();
  writeFiles(folder, { 'all.yaml': documents.join('\n---\n') });
  const include = (app: App) => {
    new Include(new Chart(app, 'included', { namespace: 'two' }), 'file', { url: join(folder, 'all.yaml') });
  };
  const files = written(ours, {}, include);
  expect(files).toEqual(written(stock, {}, include));
  expect(files.text).toMatch(/namespace: one/);
});

test('a chain of dependencies may be long', () => {
  const app = new CapstanApp({ outdir: temporaryFolder() });
  const charts = Array.from({ length: 3000 }, (_, index) => {
    const chart = new Chart(app, `chart-${index}`);
    new ApiObject(chart, 'it', { apiVersion: 'example.com/v1', kind: 'Thing' });
    return chart;
  });
  for (const [index, chart] of charts.entries()) charts[index + 1]?.addDependency(chart);
  expect(app.documents()).toHaveLength(3000);
});

describe('fails', () => {
  test('when dependencies form a cycle, naming it; of a chart that depends on itself cdk8s writes nothing', () => {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    const [one, two, three] = ['one', 'two', 'three'].map((id) => new Chart(app, id));
    if (one === undefined || two === undefined || three === undefined) throw new Error('there are three');
    one.addDependency(two);
    two.addDependency(three);
    three.addDependency(two);
    expect(() => app.synth()).toThrow('two: dependencies must not form a cycle, got two → three → two. ');
    three.node.removeDependency(two);
    three.addDependency(three);
    expect(() => app.synth()).toThrow('three: dependencies must not form a cycle, got three → three. ');
  });

  test('when a dependency leads to a construct outside of all charts', () => {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    new Chart(app, 'one').addDependency(app);
    expect(() => app.synth()).toThrow(
      'one: dependencies must start at and lead to something in a chart, got the app. ',
    );
  });
});
