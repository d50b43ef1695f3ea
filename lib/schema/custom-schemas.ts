import { readFileSync } from 'node:fs';
import { type CustomResourceDefinition, crdTables } from './crd-tables';
import type { Table } from './shape';
import { isObject } from './walk';

/**
 * The schemas of CustomResourceDefinitions that a program brings.
 *
 * ```ts
 * const app = new CapstanApp({ schemas: [CustomSchemas.fromFile('crds/widgets.yaml')] });
 * ```
 */
export class CustomSchemas {
  /**
   * Reads the CRDs (apiextensions.k8s.io/v1) in a YAML or JSON file. Other documents in it are left out.
   *
   * @throws Error when the file cannot be read or parsed, or holds no CRD
   */
  static fromFile(path: string): CustomSchemas {
    // Only who reads a file needs the parser.
    const { parseAllDocuments } = require('yaml') as typeof import('yaml');
    const documents = parseAllDocuments(readFileSync(path, 'utf8'));
    for (const { errors } of documents) {
      if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
    }
    return CustomSchemas.fromDocuments(
      documents.map((document) => document.toJS()),
      path,
    );
  }

  /**
   * Takes CRDs (apiextensions.k8s.io/v1) as parsed documents. Others are left out.
   *
   * @param source where they are from, as problems name it
   * @throws Error when there is no CRD among them
   */
  static fromDocuments(documents: readonly unknown[], source: string): CustomSchemas {
    const definitions = documents.filter(isDefinition);
    if (definitions.length === 0) {
      throw new Error(
        `${source}: must hold a CustomResourceDefinition of apiextensions.k8s.io/v1, got none.`,
      );
    }
    const schemas = new CustomSchemas();
    tables.set(schemas, crdTables([{ source, definitions }]));
    return schemas;
  }

  private constructor() {}
}

const tables = new WeakMap<CustomSchemas, readonly Table[]>();

/** The schemas in the form of Capstan's own. */
export function tablesOf(schemas: CustomSchemas): readonly Table[] {
  return tables.get(schemas) ?? [];
}

function isDefinition(document: unknown): document is CustomResourceDefinition {
  return (
    isObject(document) &&
    document.apiVersion === 'apiextensions.k8s.io/v1' &&
    document.kind === 'CustomResourceDefinition' &&
    isObject(document.spec) &&
    Array.isArray(document.spec.versions)
  );
}
