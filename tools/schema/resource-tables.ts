// Tables of the CRDs that Capstan knows.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type CrdSource, type CustomResourceDefinition, crdTables } from '../../lib/schema/crd-tables';
import type { Table } from '../../lib/schema/shape';
import { moduleFolder, type ResourceSource } from './sources';

/** The tables of the CRDs in some modules, one a group. */
export function resourceTables(sources: readonly ResourceSource[]): Table[] {
  return crdTables(sources.map(readCrds));
}

/** The CRDs of a module. */
export function readCrds({ name, module, version, folder }: ResourceSource): CrdSource {
  const path = join(moduleFolder(module, version), folder);
  const files = readdirSync(path).filter((file) => /\.ya?ml$/.test(file));
  const documents = files.sort().flatMap((file) => parseAllDocuments(readFileSync(join(path, file), 'utf8')));
  const definitions = documents
    .map((document) => document.toJS() as ({ kind?: string } & CustomResourceDefinition) | null)
    .filter((it) => it?.kind === 'CustomResourceDefinition')
    .filter((it) => it !== null);
  if (definitions.length === 0) throw new Error(`${module} ${version}: ${folder} holds no CRDs`);
  return { source: `${name} ${version}`, definitions };
}
