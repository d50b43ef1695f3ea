import { ApiObject, type Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { type JsonObject, SpecError, Worker, type WorkerAround, type WorkerAroundProps } from '../../../lib';
import { exampleChart } from '../example-worker';
import { aroundProps } from './around-props';

/** A manifest, as far as tests look into it. */
// biome-ignore lint/suspicious/noExplicitAny: a document may hold anything
export type Manifest = any;

/** What a Deployment of others says beyond the least. */
export interface Said {
  readonly spec?: object;
  readonly pod?: object;
  readonly container?: object;
}

/** The manifest of a Deployment. */
export function manifest({ spec, pod, container }: Said = {}): Manifest {
  const labels = { app: 'legacy' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'legacy' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'legacy:1', ...container }], ...pod },
      },
      ...spec,
    },
  };
}

/** Documents as an `Include` has them. */
function included(chart: Chart, documents: readonly Manifest[]): Construct {
  const scope = new Construct(chart, 'included');
  for (const [index, document] of documents.entries()) new ApiObject(scope, `object-${index}`, document);
  return scope;
}

/** What became of a manifest. */
export interface Surrounded {
  readonly around: WorkerAround;
  /** All documents of the tree; the lines of what is wrong, if anything is. */
  readonly documents: readonly Manifest[];
  readonly lines: readonly string[];
}

/** Surrounds the Deployment of a manifest. */
export function surround(
  said: Said = {},
  props: Partial<WorkerAroundProps> = {},
  beside: readonly Manifest[] = [],
): Surrounded {
  const chart = exampleChart();
  const around = Worker.around(included(chart, [manifest(said), ...beside]), {
    ...aroundProps,
    deployment: 'legacy',
    ...props,
  });
  return { around, ...synth(chart) };
}

/** The documents of a chart's app, or the lines of what is wrong. */
export function synth(chart: Chart): Pick<Surrounded, 'documents' | 'lines'> {
  const app = chart.node.root as unknown as { documents(): readonly JsonObject[] };
  try {
    return { documents: app.documents(), lines: [] };
  } catch (error) {
    if (error instanceof SpecError) return { documents: [], lines: error.message.split('\n') };
    throw error;
  }
}

/** The document of the surrounded Deployment as it is written, whatever is wrong with it. */
export function written({ around }: Surrounded): Manifest {
  return around.object?.toJson() ?? {};
}
