import { type CrdSchema, crdShape } from './crd-shape';
import type { Kind, ShapeRules, Table } from './shape';
import { shareTypes } from './share-types';

/** A CustomResourceDefinition (apiextensions.k8s.io/v1), as far as it is read. */
export interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema?: { readonly openAPIV3Schema?: CrdSchema };
    }[];
  };
}

/** CRDs, and where they are from as a message names it. */
export interface CrdSource {
  readonly source: string;
  readonly definitions: readonly CustomResourceDefinition[];
}

/** The tables of CRDs, one a group. */
export function crdTables(sources: readonly CrdSource[]): Table[] {
  const all = sources.flatMap(({ source, definitions }) => definitions.map(({ spec }) => ({ source, spec })));
  const groups = [...new Set(all.map(({ spec }) => spec.group))].sort();
  return groups.map((group) => {
    const own = all.filter(({ spec }) => spec.group === group);
    const kinds: { [name: string]: Kind } = {};
    const types: { [name: string]: ShapeRules } = {};
    for (const { spec } of own) {
      for (const { name, schema } of spec.versions.filter(({ served }) => served)) {
        const type = `${name}.${spec.names.kind}`;
        kinds[`${name}/${spec.names.kind}`] = {
          type,
          plural: spec.names.plural,
          ...(spec.scope === 'Namespaced' ? { namespaced: true } : {}),
        };
        types[type] = crdShape(schema?.openAPIV3Schema ?? ANYTHING);
      }
    }
    const source = [...new Set(own.map((it) => it.source))].join(' and ');
    return { group, source, kinds, types: shareTypes(types) };
  });
}

const ANYTHING: CrdSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
