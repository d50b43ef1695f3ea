// Merges the OpenAPI documents of all supported Kubernetes versions into one table a group.

import type { Kind, Shape, ShapeRules, Table } from '../../lib/schema/shape';
import { GATED_VALUES, UNGATED, UNMARKED_GATES } from './field-facts';
import { type Facts, type Gates, readFacts, readGatedFields, readGates } from './go-source';
import { type History, onByDefault, rangeOf } from './history';
import { type Definition, nameOf, type Release, type Resource, resourcesOf } from './openapi';

/** What Kubernetes says of its types in prose only. */
const FORMS: { readonly [name: string]: string } = {
  'io.k8s.api.core.v1.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'object',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'object',
};

const SCALARS: { readonly [type: string]: string } = {
  boolean: 'boolean',
  'integer/int32': 'int32',
  'integer/int64': 'int64',
  'number/double': 'number',
  string: 'string',
  'string/byte': 'bytes',
  'string/date-time': 'time',
};

/**
 * The tables of the built-in groups, with only what documents of some kind can hold.
 *
 * @param apiFolder the newest k8s.io/api, whose comments name feature gates
 */
export function kubernetesTables(releases: readonly Release[], apiFolder: string): Table[] {
  return new Merge(releases, readGatedFields(apiFolder)).tables();
}

class Merge {
  private readonly minors: readonly string[];
  private readonly facts: readonly Facts[];
  private readonly gates: readonly Gates[];
  private readonly resources: readonly (readonly Resource[])[];
  private readonly groups = new Map<string, string>([['meta', 'meta']]);
  private readonly types = new Map<string, { [name: string]: ShapeRules }>();

  constructor(
    private readonly releases: readonly Release[],
    private readonly gated: ReadonlyMap<string, readonly string[]>,
  ) {
    this.minors = releases.map(({ minor }) => minor);
    this.facts = releases.map(({ folder }) => readFacts(folder));
    this.gates = releases.map(({ folder }) => readGates(folder));
    this.resources = releases.map(resourcesOf);
  }

  tables(): Table[] {
    const kinds = this.kinds();
    return [...this.types].map(([group, types]) => ({
      group: group === 'core' ? '' : group,
      source: 'Kubernetes',
      kinds: sortedByKey(kinds.get(group) ?? {}),
      types: sortedByKey(types),
    }));
  }

  private kinds(): Map<string, { [name: string]: Kind }> {
    const all = this.resources.flat();
    for (const { group, definition } of all)
      this.groups.set(packageOf(definition), group === '' ? 'core' : group);
    const kinds = new Map<string, { [name: string]: Kind }>();
    for (const { group, version, kind, plural, namespaced, definition } of all) {
      const file = group === '' ? 'core' : group;
      const history = this.resources.map((known) =>
        known.some((it) => it.group === group && it.version === version && it.kind === kind),
      );
      const entries = kinds.get(file) ?? {};
      kinds.set(file, entries);
      entries[`${version}/${kind}`] = {
        type: this.reference(definition, file),
        plural,
        ...(namespaced ? { namespaced } : {}),
        ...this.since(history),
      };
    }
    return kinds;
  }

  private since(history: History): { in?: string } {
    return history.includes(false) ? { in: rangeOf(history, this.minors) } : {};
  }

  /** Text for a type, as seen from a group's table; adds the type to its own table. */
  private reference(definition: string, from: string): string {
    const form = FORMS[definition];
    if (form !== undefined) return form;
    const file = this.groups.get(packageOf(definition));
    if (file === undefined) throw new Error(`${definition} belongs to no group`);
    const name = definition.split('.').slice(-2).join('.');
    const types = this.types.get(file) ?? {};
    this.types.set(file, types);
    if (types[name] === undefined) {
      types[name] = {}; // types can contain themselves
      types[name] = this.type(definition, file);
    }
    return file === from ? name : `${file}:${name}`;
  }

  private type(name: string, file: string): ShapeRules {
    const versions = this.releases.map(({ openApi }) => openApi.definitions[name]);
    const newest = versions.findLast((it) => it !== undefined);
    if (newest?.properties === undefined) return newest?.type === 'object' ? { fields: {} } : { is: 'any' };
    const fields = new Set(versions.flatMap((it) => Object.keys(it?.properties ?? {})));
    const required = new Set(versions.flatMap((it) => it?.required ?? []));
    const histories = [...required].map(
      (field) => [field, versions.map((it) => it?.required?.includes(field) ?? false)] as const,
    );
    const isAlways = (history: History) => versions.every((it, index) => it === undefined || history[index]);
    const always = histories.filter(([, history]) => isAlways(history)).map(([field]) => field);
    const sometimes = histories.filter(([, history]) => !isAlways(history));
    return {
      fields: Object.fromEntries([...fields].sort().map((field) => [field, this.field(name, field, file)])),
      ...(always.length > 0 ? { required: always.sort() } : {}),
      ...(sometimes.length > 0
        ? {
            requiredIn: Object.fromEntries(sometimes.map(([field, it]) => [field, rangeOf(it, this.minors)])),
          }
        : {}),
    };
  }

  private field(type: string, field: string, file: string): Shape {
    const owners = this.releases.map(({ openApi }) => openApi.definitions[type]);
    const versions = owners.map((owner) => owner?.properties?.[field]);
    const newest = versions.findLast((it) => it !== undefined);
    if (newest === undefined) throw new Error(`${type}#${field} is in no version`);
    const shapes = new Set(versions.flatMap((it) => (it === undefined ? [] : [JSON.stringify(bare(it))])));
    if (shapes.size > 1) throw new Error(`${type}#${field} changed its type: ${[...shapes].join(', ')}`);
    const key = `${packageOf(type)}.${type.split('.').slice(-2).join('.')}#${field}`;
    const shape = this.shape(newest, file, this.enumeration(key, versions));
    // A type that is new brings its fields.
    const isOlder = versions.some((it, index) => it === undefined && owners[index] !== undefined);
    const since = isOlder ? this.since(versions.map((it) => it !== undefined)) : {};
    const gates = this.gating(key, versions);
    if (since.in === undefined && gates === undefined) return shape;
    return { is: shape, ...since, ...gates };
  }

  private gating(key: string, versions: readonly unknown[]): Pick<ShapeRules, 'gates' | 'on'> | undefined {
    const gates = UNGATED.has(key) ? undefined : (UNMARKED_GATES.get(key) ?? this.gated.get(key));
    if (gates === undefined) return undefined;
    const on = onByDefault(gates, this.gates, this.minors).map(
      (it, index) => it && versions[index] !== undefined,
    );
    if (versions.every((it, index) => it === undefined || on[index])) return undefined;
    return { gates, ...(on.includes(true) ? { on: rangeOf(on, this.minors) } : {}) };
  }

  /** Text of the strings that a field takes, if they are listed. */
  private enumeration(key: string, versions: readonly unknown[]): string | undefined {
    const lists = this.facts.map((known) => known.get(key)?.enum);
    const values = [...new Set(lists.flatMap((list) => list ?? []))].sort();
    if (values.length === 0) return undefined;
    const texts = values.map((value) => {
      const gate = GATED_VALUES.get(`${key}=${value}`);
      const on = gate === undefined ? undefined : onByDefault([gate], this.gates, this.minors);
      const history = lists.map(
        (_, index) => versions[index] !== undefined && isIn(lists, index, value) && (on?.[index] ?? true),
      );
      if (!history.includes(true)) return undefined;
      const isAlways = versions.every((it, index) => it === undefined || history[index]);
      return isAlways ? value : `${value}@${rangeOf(history, this.minors)}`;
    });
    return `=${texts.filter((text) => text !== undefined).join('|')}`;
  }

  private shape(definition: Definition, file: string, values: string | undefined): string {
    if (definition.$ref !== undefined) return this.reference(nameOf(definition.$ref), file);
    if (definition.items !== undefined) {
      return `${this.listPrefix(definition, definition.items)}${this.shape(definition.items, file, values)}`;
    }
    if (definition.additionalProperties !== undefined) {
      return `{}${this.shape(definition.additionalProperties, file, values)}`;
    }
    if (definition.type === 'string' && values !== undefined) return values;
    if (definition.type === 'object') return 'object';
    const scalar = SCALARS[[definition.type, definition.format].filter(Boolean).join('/')];
    if (scalar === undefined) throw new Error(`unknown type ${JSON.stringify(bare(definition))}`);
    return scalar;
  }

  private listPrefix(list: Definition, { $ref = '' }: Definition): string {
    if (list['x-kubernetes-list-type'] === 'set') return '[=]';
    const element = nameOf($ref);
    const prefix = `${packageOf(element)}.${element.split('.').slice(-2).join('.')}`;
    const keys = (list['x-kubernetes-list-map-keys'] ?? []).map((key) => {
      const fallback = this.facts.at(-1)?.get(`${prefix}#${key}`)?.default;
      return fallback === undefined ? key : `${key}=${fallback}`;
    });
    return `[${keys.join(',')}]`;
  }
}

/** Whether a version, or else the next one that lists the values of a field, lists this one. */
function isIn(lists: readonly (readonly string[] | undefined)[], index: number, value: string): boolean {
  const next =
    lists.slice(index).find((list) => list !== undefined) ?? lists.findLast((list) => list !== undefined);
  return next?.includes(value) ?? false;
}

/** `core` of `io.k8s.api.core.v1.PodSpec`. */
function packageOf(definition: string): string {
  return definition.split('.').at(-3) ?? '';
}

/** A definition without what may change between versions. */
function bare(definition: Definition): Definition {
  const { $ref, type, format, items, additionalProperties } = definition;
  return {
    ...($ref === undefined ? {} : { $ref }),
    ...(type === undefined ? {} : { type }),
    ...(format === undefined ? {} : { format }),
    ...(items === undefined ? {} : { items: bare(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: bare(additionalProperties) }),
  };
}

function sortedByKey<T>(entries: { readonly [key: string]: T }): { [key: string]: T } {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}
