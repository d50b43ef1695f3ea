import { expect, test } from '@jest/globals';
import { ApiObject, Chart, YamlOutputType } from 'cdk8s';
import { CapstanApp, type JsonObject, refine, SpecError, set } from '../../lib';
import { temporaryFolder } from '../temporary-folder';
import { exampleWorker } from '../worker/example-worker';

const object =
  (fields: JsonObject, id = 'it') =>
  (app: CapstanApp) => {
    const chart = Chart.of(app.node.tryFindChild('chart') ?? new Chart(app, 'chart'));
    return new ApiObject(chart, id, { metadata: { name: 'it' }, ...fields } as never);
  };
const config = { apiVersion: 'v1', kind: 'ConfigMap' };

/** Programs that a synth refuses, by what is wrong. */
const PLANTED: Readonly<Record<string, (app: CapstanApp) => void>> = {
  'a property': (app) => exampleWorker(new Chart(app, 'chart'), { concurrency: 0 }),
  'a rule over documents': object({ apiVersion: 'v1', kind: 'Secret', stringData: { password: 'x' } }),
  'a field that no cluster has': object({ ...config, date: 'x' }),
  'two objects of one name': (app) => {
    object(config, 'one')(app);
    object(config, 'two')(app);
  },
  'a refinement that does not arrive': (app) => {
    refine(object(config)(app), set('/data/a', Number.NaN as never));
  },
  'two objects in one file': (app) => {
    object(config, 'one')(app);
    const other = new Chart(app, 'other', { namespace: 'other' });
    new ApiObject(other, 'two', { ...config, metadata: { name: 'it' } });
  },
};

test.each(Object.entries(PLANTED))('the model lists what a synth does: %s', (_, plant) => {
  const outdir = temporaryFolder();
  const app = new CapstanApp({ outdir, yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
  plant(app);
  const { problems } = app.model();
  expect(problems).not.toHaveLength(0);
  expect(() => app.synth()).toThrow(new SpecError(problems));
});
