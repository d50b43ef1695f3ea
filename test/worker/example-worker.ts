import { Chart, type ChartProps, Duration, Size, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  CapstanApp,
  type CapstanAppProps,
  GoApp,
  type ImageResolver,
  Source,
  Worker,
  type WorkerProps,
} from '../../lib';

/** Stands for a lock file in which every app has an image. */
export const anyImage: ImageResolver = {
  resolve: (app) => ({ reference: `${app.repository}:test@sha256:${'0'.repeat(64)}` }),
};

/** A legal worker, CPU-bound. */
export const exampleProps: WorkerProps = {
  app: GoApp.fromDirectory('apps/develop'),
  source: Source.memory(),
  task: {
    cpuTime: Duration.millis(40),
    duration: { mean: Duration.millis(90), max: Duration.seconds(20) },
    memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(60) },
  },
  concurrency: 4,
  scale: { min: 3, max: 10, drainWithin: Duration.minutes(1) },
};

/** An app that writes nowhere and finds every image. */
export function exampleApp(props: CapstanAppProps = {}): CapstanApp {
  return new CapstanApp({ outdir: Testing.app().outdir, images: anyImage, ...props });
}

/** A chart in an app of its own. */
export function exampleChart(props: ChartProps = { namespace: 'darkroom' }): Chart {
  return new Chart(exampleApp(), 'darkroom', props);
}

/** The example worker with other props. */
export function exampleWorker(scope: Construct, props: Partial<WorkerProps> = {}, id = 'develop'): Worker {
  return new Worker(scope, id, { ...exampleProps, ...props });
}

/** A Kubernetes document, as far as tests look into it. */
// biome-ignore lint/suspicious/noExplicitAny: a document may hold anything
export type Document = any;

/** The documents of a chart. */
export function documentsOf(chart: Chart): Document[] {
  return Testing.synth(chart);
}

/** The only document of a kind, or the one of that name. */
export function find(documents: readonly Document[], kind: string, name?: string): Document {
  const found = documents.filter(
    (it) => it.kind === kind && (name === undefined || it.metadata.name === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} documents are ${kind} ${name ?? ''}`);
  return found[0];
}

/** The documents of the example worker with other props. */
export function workerDocuments(props: Partial<WorkerProps> = {}): Document[] {
  const chart = exampleChart();
  exampleWorker(chart, props);
  return documentsOf(chart);
}
