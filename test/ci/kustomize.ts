// `kubectl kustomize` gives the very objects of each environment's folder: of the folders given, and of a program with
// charts in order and values that are easy to get wrong. Exits with 77 where kubectl is not built.
//
//   node --import tsx test/ci/kustomize.ts [FOLDER...]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ApiObject, Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { CapstanApp, Environment } from '../../lib';

const { MissingProgramsError, programsOf } = require('../../tools/cluster/api-server.cjs');
const { environmentsIn } = require('../../tools/manifests/environments.cjs');

interface Folder {
  readonly folder: string;
  readonly isKustomized: boolean;
  readonly files: readonly string[];
}

const SKIPPED = 77;

/** Values that a careless reader or writer of YAML turns into others. */
const VALUES = [
  'yes',
  'on',
  'null',
  '~',
  '010',
  '0x1f',
  '1e3',
  '12:30:45',
  '2001-01-01',
  '.5',
  '<<',
  '=',
  '',
  ' x ',
];
const TEXTS = [
  'two\nlines\n',
  'no end\nof line',
  ' indented\n  more\n',
  '# no comment',
  'a: b',
  '- a',
  '%x',
  'é\u2028\t',
];

function tricky(outdir: string): void {
  const app = new CapstanApp({ outdir });
  for (const name of ['dev', 'production']) {
    const environment = new Environment(app, name);
    const [web, api] = ['web', 'api'].map((id) => new Chart(environment, id, { namespace: name }));
    if (web === undefined || api === undefined) throw new Error('there are two');
    web.addDependency(api);
    for (const chart of [web, api]) {
      const data = Object.fromEntries([...VALUES, ...TEXTS].map((value, index) => [`value-${index}`, value]));
      const metadata = { name: chart.node.id, annotations: { on: '1e3', 'a.b/c': '010' } };
      new ApiObject(chart, 'it', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    }
  }
  app.synth();
}

/** Documents by what a cluster knows them by, as kubectl reads them. */
function objectsOf(texts: readonly string[]): Map<string, unknown> {
  const documents = texts
    .flatMap((text) => parseAllDocuments(text, { version: '1.1' }))
    .map((it) => it.toJS());
  return new Map(
    documents
      .filter((it) => it !== null)
      .map((it) => [[it.apiVersion, it.kind, it.metadata.namespace, it.metadata.name].join(' '), it]),
  );
}

function differences(kubectl: string, { folder, files }: Folder): string[] {
  const built = objectsOf([execFileSync(kubectl, ['kustomize', folder], { encoding: 'utf8' })]);
  const written = objectsOf(files.map((file) => readFileSync(file, 'utf8')));
  const keys = new Set([...built.keys(), ...written.keys()]);
  return [...keys]
    .filter((key) => !isDeepStrictEqual(built.get(key), written.get(key)))
    .map((key) => `${folder}: kubectl kustomize changes ${key}`);
}

function main(folders: readonly string[]): number {
  const kubectl = join(programsOf('newest'), 'kubectl');
  const scratch = mkdtempSync(join(tmpdir(), 'capstan-kustomize-'));
  try {
    tricky(scratch);
    const all: Folder[] = [scratch, ...folders].flatMap(environmentsIn);
    const kustomized = all.filter(({ isKustomized }) => isKustomized);
    const problems = kustomized.flatMap((folder) => differences(kubectl, folder));
    for (const problem of problems) console.error(problem);
    console.log(`kubectl kustomize gives the objects of ${kustomized.length} folders`);
    return problems.length > 0 ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Error && error instanceof MissingProgramsError)) throw error;
  console.log(error.message);
  process.exitCode = SKIPPED;
}
