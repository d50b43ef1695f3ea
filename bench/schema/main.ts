// What the check of documents costs beside turning them into YAML and JSON, in one run:
//
//   npx tsx bench/schema/main.ts      prints, and writes results.json
//
// Each number is the best of many batches, so that what else the machine does counts less.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../lib/json-value';
import { DocumentValidator } from '../../lib/schema/document';

const CORPUS = join(__dirname, '../../test/schema/corpus/kubernetes.yaml');
const BATCHES = 40;
const MANY = 60_000;

/** Microseconds of one call. */
function measure(calls: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / calls);
  }
  return Math.round(best * 10) / 10;
}

function main(): void {
  const text = readFileSync(CORPUS, 'utf8');
  const documents = parseAllDocuments(text).map((document) => document.toJS() as JsonObject);
  const start = process.hrtime.bigint();
  const validator = new DocumentValidator();
  for (const document of documents) validator.check(document);
  const coldMillis = Number(process.hrtime.bigint() - start) / 1e6;
  const rows = documents
    .filter(({ kind }) => ['Pod', 'Deployment', 'Service', 'HorizontalPodAutoscaler'].includes(String(kind)))
    .map((document) => ({
      kind: String(document.kind),
      bytes: JSON.stringify(document).length,
      checkMicros: measure(200, () => validator.check(document)),
      jsonMicros: measure(200, () => JSON.stringify(document)),
      yamlMicros: measure(5, () => Yaml.stringify(document)),
    }));
  const many = process.hrtime.bigint();
  for (let index = 0; index < MANY; index++) {
    const document = documents[index % documents.length];
    if (document !== undefined) validator.check(document);
  }
  const manySeconds = Number(process.hrtime.bigint() - many) / 1e9;
  const results = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    coldMillis: Math.round(coldMillis),
    rows,
    many: { documents: MANY, seconds: Math.round(manySeconds * 100) / 100 },
  };
  console.table(rows);
  console.log(results.machine, `${documents.length} kinds cold: ${results.coldMillis} ms;`, results.many);
  writeFileSync(join(__dirname, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
}

main();
