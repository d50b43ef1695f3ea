// One measurement in a process of its own: `child.ts KIND CHARTS FOLDER` prints a Measurement as JSON.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Yaml } from 'cdk8s';
import { CapstanApp } from '../../lib';
import type { Kind, Measurement } from './measurement';
import { plantCharts } from './tree';

const RUNS: Readonly<Record<Kind, (charts: number, outdir: string) => void>> = {
  floor: (charts, outdir) => {
    const app = new App({ outdir });
    plantCharts(app, charts);
    let letters = 0;
    for (const construct of app.node.findAll()) {
      if (ApiObject.isApiObject(construct)) letters += Yaml.stringify(construct.toJson()).length;
    }
    if (letters === 0) throw new Error('nothing was stringified');
  },
  capstan: (charts, outdir) => {
    const app = new CapstanApp({ outdir });
    plantCharts(app, charts);
    app.synth();
  },
  stock: (charts, outdir) => {
    const app = new App({ outdir });
    plantCharts(app, charts);
    app.synth();
  },
};

function measure(kind: Kind, charts: number, outdir: string): Measurement {
  const cpu = process.cpuUsage();
  const start = performance.now();
  RUNS[kind](charts, outdir);
  const wallSeconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const cpuSeconds = (user + system) / 1e6;
  return { kind, charts, wallSeconds, cpuSeconds, peakBytes, files: kind === 'floor' ? '' : hashOf(outdir) };
}

function hashOf(outdir: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(outdir).filter((name) => name.endsWith('.yaml'));
  for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(outdir, name)));
  return hash.digest('hex');
}

const [kind, charts, outdir] = process.argv.slice(2);
console.log(JSON.stringify(measure(kind as Kind, Number(charts), String(outdir))));
