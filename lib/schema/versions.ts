import type { ClusterSpec } from '../plan/spec';
import type { Versions } from './shape';

/** The versions that documents are checked against. */
export class Span {
  /** The same for those that make the same checks of types. */
  readonly key: string;
  /** The versions that count, oldest first. */
  readonly minors: readonly string[];
  private readonly gates: ReadonlySet<string>;
  private readonly apis: ReadonlySet<string>;

  /**
   * Versions outside of the tables are left out; of clusters that are all newer or all older than the tables, the
   * nearest version counts.
   *
   * @param known versions that there are tables of, oldest first
   */
  constructor(known: readonly string[], { oldest, newest, featureGates = [], apis = [] }: ClusterSpec) {
    const last = known.length - 1;
    const from = oldest === undefined ? 0 : known.filter((it) => isBefore(it, oldest)).length;
    const to = newest === undefined ? last : last - known.filter((it) => isBefore(newest, it)).length;
    const first = Math.min(from, last);
    this.minors = known.slice(first, Math.max(first, to) + 1);
    this.gates = new Set(featureGates);
    this.apis = new Set(apis);
    this.key = [this.minors, [...this.gates].sort()].map((part) => part.join(' ')).join(' with ');
  }

  /** The versions that count and are not in some ranges, oldest first. */
  outside(ranges: Versions): string[] {
    return this.minors.filter((minor) => !ranges.split(',').some((range) => isWithin(minor, range)));
  }

  /** Whether all of some feature gates are on whatever the version. */
  hasGates(names: readonly string[]): boolean {
    return names.every((name) => this.gates.has(name));
  }

  /** Whether a feature gate is on: it is by default since a version. */
  turnsOn(gate: string, since: string): boolean {
    return this.gates.has(gate) || this.outside(`${since}..`).length === 0;
  }

  /** Whether an API version is served: those that are neither alpha nor beta always are. */
  serves(apiVersion: string): boolean {
    return !/v\d+(?:alpha|beta)\d+$/.test(apiVersion) || this.apis.has(apiVersion);
  }

  /** As messages name it: `Kubernetes 1.32 to 1.37`. */
  toString(): string {
    return `Kubernetes ${listVersions(this.minors)}`;
  }
}

/** Versions in a row as text: `1.32`, `1.32 and 1.33`, `1.32 to 1.35`. */
export function listVersions(minors: readonly string[]): string {
  if (minors.length < 2) return minors.join('');
  return `${minors[0]} ${minors.length === 2 ? 'and' : 'to'} ${minors.at(-1)}`;
}

function isWithin(minor: string, range: string): boolean {
  const [from = '', to = ''] = range.split('..');
  return (from === '' || !isBefore(minor, from)) && (to === '' || !isBefore(to, minor));
}

function isBefore(one: string, other: string): boolean {
  return numberOf(one) < numberOf(other);
}

function numberOf(minor: string): number {
  return Number(/^1\.(\d+)/.exec(minor)?.[1]);
}
