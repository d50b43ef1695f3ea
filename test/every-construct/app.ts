import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { CapstanApp, Environment } from '../../lib';
import { anyImage } from '../worker/example-worker';
import { ENVIRONMENTS } from './environments';

const CONSTRUCTS = join(__dirname, 'constructs');

/** A file of the folder `constructs`: it adds one construct, in each of its forms, to a chart. */
interface ConstructFile {
  add(chart: Chart): void;
}

/** An app with every construct in every environment; its images exist nowhere. */
export function everyConstruct(outdir: string): CapstanApp {
  const app = new CapstanApp({ outdir, images: anyImage });
  for (const [name, props] of Object.entries(ENVIRONMENTS)) {
    const environment = new Environment(app, name, props);
    for (const [id, { add }] of constructFiles()) {
      add(new Chart(environment, id, { namespace: environment.namespace }));
    }
  }
  return app;
}

/** The files that add constructs, in the order of their names. */
export function constructFiles(): [id: string, file: ConstructFile][] {
  const names = readdirSync(CONSTRUCTS).filter((name) => name.endsWith('.ts'));
  return names
    .sort()
    .map((name) => [name.replace('.ts', ''), require(join(CONSTRUCTS, name)) as ConstructFile]);
}
