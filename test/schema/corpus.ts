import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../lib/json-value';

/** Documents of built-in kinds that API servers of the oldest and the newest release take. */
export const kubernetesCorpus = documentsOf('kubernetes.yaml');

/** Custom resources that the CRDs which Capstan knows take. */
export const resourceCorpus = documentsOf('resources.yaml');

/** The first document of a kind. */
export function documentOf(kind: string): JsonObject {
  const found = [...kubernetesCorpus, ...resourceCorpus].find((document) => document.kind === kind);
  if (found === undefined) throw new Error(`the corpus has no ${kind}`);
  return found;
}

function documentsOf(file: string): JsonObject[] {
  const text = readFileSync(join(__dirname, 'corpus', file), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as JsonObject);
}
