import type { JsonObject } from '../json-value';
import type { ClusterSpec } from '../plan/spec';
import { Compiler } from './compile';
import { type CustomSchemas, tablesOf } from './custom-schemas';
import { apiVersionOf, type Identity, missingKindCheck, servedCheck } from './kind';
import { mountRule } from './rules/mounts';
import { nameRule } from './rules/object-name';
import type { Table } from './shape';
import { knownVersions, ownValue, parseApiVersion, tableOf } from './tables';
import { Span } from './versions';
import { type Check, type FieldProblem, isObject, Walk } from './walk';

/** What documents are checked against. */
export interface DocumentSchemas {
  /**
   * Kubernetes versions of the clusters. Documents have to be valid in all of them.
   * @default oldest 1.32, newest 1.37
   */
  readonly kubernetes?: ClusterSpec;
  /**
   * CRDs besides those that Capstan knows. They come first, so they can stand in for another version of one.
   * @default none
   */
  readonly schemas?: readonly CustomSchemas[];
}

/** What was found in a document. */
export interface CheckedDocument {
  /** Everything that is wrong with it, in the order of its fields. */
  readonly problems: readonly FieldProblem[];
  /** Whether there is a schema of its kind; without one nothing of it is checked. */
  readonly isKnown: boolean;
}

/** How the documents of one kind are checked. */
interface Entry {
  readonly check: Check;
  readonly isKnown: boolean;
  readonly isSecret: boolean;
}

/** Compiled checks, shared by all who ask for the same versions. */
const compilers = new Map<string, Compiler>();

/** Checks documents against the schemas of their kinds. One serves any number of documents. */
export class DocumentValidator {
  private readonly span: Span;
  private readonly compiler: Compiler;
  private readonly custom: readonly Table[];
  private readonly entries = new Map<string, Map<string, Entry>>();

  constructor({ kubernetes = {}, schemas = [] }: DocumentSchemas = {}) {
    this.span = new Span(knownVersions(), kubernetes);
    this.compiler = compilers.get(this.span.key) ?? new Compiler(this.span);
    compilers.set(this.span.key, this.compiler);
    this.custom = schemas.flatMap(tablesOf);
  }

  /** Checks a document. Changes nothing, and never throws for what is in it. */
  check(document: JsonObject): CheckedDocument {
    const { apiVersion, kind } = document;
    const isNamed = typeof apiVersion === 'string' && typeof kind === 'string';
    const entry = isNamed ? this.entry(apiVersion, kind) : WITHOUT_KIND;
    const walk = new Walk(entry.isSecret);
    entry.check(document, walk);
    return { problems: walk.problems, isKnown: entry.isKnown };
  }

  /** Whether there is a schema of a kind. */
  knows(apiVersion: string, kind: string): boolean {
    return this.entry(apiVersion, kind).isKnown;
  }

  private entry(apiVersion: string, kind: string): Entry {
    const kinds = this.entries.get(apiVersion) ?? new Map<string, Entry>();
    this.entries.set(apiVersion, kinds);
    const entry = kinds.get(kind) ?? this.makeEntry({ ...parseApiVersion(apiVersion), kind });
    kinds.set(kind, entry);
    return entry;
  }

  private makeEntry(identity: Identity): Entry {
    const { group, version, kind } = identity;
    if (apiVersionOf(identity) === 'v1' && kind === 'List') return { ...CHECKED, check: this.listCheck() };
    const tables = [...this.custom, tableOf(group)].filter((it) => it !== undefined && it.group === group);
    for (const table of tables.filter((it) => it !== undefined)) {
      const known = ownValue(table.kinds, `${version}/${kind}`);
      if (known === undefined) continue;
      const unserved = servedCheck(identity, known, table, this.span);
      if (unserved !== undefined) return { ...CHECKED, check: unserved };
      const type = this.compiler.type(table, known.type);
      const name = nameRule(identity, this.span);
      const mounts = mountRule(identity);
      const check: Check = (value, walk) => {
        type(value, walk);
        name(value, walk);
        mounts?.(value, walk);
      };
      return { check, isKnown: true, isSecret: group === '' && kind === 'Secret' };
    }
    const check = missingKindCheck(
      identity,
      tables.filter((it) => it !== undefined),
      this.span,
    );
    return check === undefined ? UNKNOWN : { ...CHECKED, check };
  }

  private listCheck(): Check {
    const item: Check = (value, walk) => {
      const { apiVersion, kind } = isObject(value) ? value : {};
      const isNamed = typeof apiVersion === 'string' && typeof kind === 'string';
      (isNamed ? this.entry(apiVersion, kind) : WITHOUT_KIND).check(value, walk);
    };
    const items: Check = (value, walk) => {
      if (Array.isArray(value)) for (const [index, it] of value.entries()) walk.step(index, it, item);
    };
    return (value, walk) => walk.step('items', isObject(value) ? value.items : undefined, items);
  }
}

const CHECKED = { isKnown: true, isSecret: false };

const UNKNOWN: Entry = { check: () => {}, isKnown: false, isSecret: false };

const WITHOUT_KIND: Entry = {
  ...CHECKED,
  check: (value, walk) => {
    for (const field of ['apiVersion', 'kind']) {
      const found = isObject(value) ? value[field] : undefined;
      if (typeof found === 'string') continue;
      walk.add('required', { wanted: 'must be a string', got: walk.show(found), fix: 'Name it.' }, field);
    }
  },
};
