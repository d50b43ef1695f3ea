import { at } from './at';
import { Topology } from './domains';
import {
  type AffinityRule,
  blank,
  factsOf,
  type Kind,
  type NearRule,
  type NodeFacts,
  type SpreadRule,
} from './kind';
import { type Selector, selects } from './labels';
import { type CapacityNode, HOSTNAME, ZONE } from './node';
import type { PodTemplate, PodTerm, SpreadConstraint, Weighted } from './pod';
import { Tallies } from './tally';

/** What each required affinity of a pod that runs counts for a node (`hardPodAffinityWeight`). */
const HARD_WEIGHT = 1;

/** What the scheduler tries for pods that have no constraints of their own (`systemDefaultConstraints`). */
const DEFAULT_SPREAD = [
  { topologyKey: HOSTNAME, maxSkew: 3 },
  { topologyKey: ZONE, maxSkew: 5 },
];

/** Works out the kinds of some templates on some nodes. */
export class Kinds {
  readonly all: readonly Kind[];
  readonly topology: Topology;
  private readonly byTemplate: ReadonlyMap<PodTemplate, Kind>;
  private readonly tallies: Tallies;

  constructor(
    templates: Iterable<PodTemplate>,
    private readonly nodes: CapacityNode[],
    resources: readonly string[],
  ) {
    this.topology = new Topology(nodes);
    this.all = [...new Set(templates)].map((template, index) => blank(template, index, resources));
    this.byTemplate = new Map(this.all.map((kind) => [kind.template, kind]));
    this.tallies = new Tallies(this.all);
    for (const kind of this.all) kind.own = this.tallies.of((other) => other === kind);
    for (const kind of this.all) this.relate(kind);
  }

  of(template: PodTemplate): Kind {
    const kind = this.byTemplate.get(template);
    if (kind === undefined) throw new RangeError(`${template.workload} is not among the templates`);
    return kind;
  }

  /** What a template finds on a node. */
  facts(kind: Kind, node: number): NodeFacts {
    const known = kind.onNode[node];
    if (known !== undefined) return known;
    const found = factsOf(kind.template, at(this.nodes, node));
    kind.onNode[node] = found;
    return found;
  }

  private relate(kind: Kind): void {
    const { template } = kind;
    const { spread = [], podAffinity = [], podAntiAffinity = [] } = template;
    kind.hard = spread.filter(isHard).map((it) => this.spreadRule(kind, it, it.selector));
    kind.soft = this.softRules(kind, spread);
    kind.affinity = this.affinityRule(kind, podAffinity);
    kind.apart = podAntiAffinity.map((term) => this.nearRule(kind, term));
    kind.unwanted = this.all.flatMap((other) =>
      (other.template.podAntiAffinity ?? [])
        .filter((term) => means(term, other.template, template))
        .map((term) => ({ domains: this.topology.of(term.topologyKey), tally: other.own })),
    );
    kind.near = [
      ...this.ownPreferences(kind),
      ...this.all.flatMap((other) => this.preferencesFor(kind, other)),
    ];
  }

  private softRules(kind: Kind, spread: readonly SpreadConstraint[]): SpreadRule[] {
    const { spreadBy = [] } = kind.template;
    if (spread.length > 0) {
      return spread.filter((it) => !isHard(it)).map((it) => this.spreadRule(kind, it, it.selector));
    }
    if (spreadBy.length === 0) return [];
    return DEFAULT_SPREAD.map((it) => this.spreadRule(kind, it, spreadBy));
  }

  private spreadRule(
    kind: Kind,
    constraint: Omit<SpreadConstraint, 'whenUnsatisfiable' | 'selector'>,
    selector: Selector | undefined,
  ): SpreadRule {
    const { namespace } = kind.template;
    const counts = (it: PodTemplate) => selector !== undefined && selects(selector, it.labels);
    // The scheduler takes a selector of everything for one of nothing where it counts, and not for the pod itself.
    const tally = this.tallies.of(
      ({ template }) => selector?.length !== 0 && template.namespace === namespace && counts(template),
    );
    return {
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      domains: this.topology.of(constraint.topologyKey),
      isHostname: constraint.topologyKey === HOSTNAME,
      tally,
      self: counts(kind.template) ? 1 : 0,
      honorsAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
      honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
    };
  }

  private affinityRule({ template }: Kind, terms: readonly PodTerm[]): AffinityRule | undefined {
    if (terms.length === 0) return undefined;
    const isMeant = (other: PodTemplate) => terms.every((term) => means(term, template, other));
    return {
      tally: this.tallies.of((other) => isMeant(other.template)),
      domains: terms.map(({ topologyKey }) => this.topology.of(topologyKey)),
      meansItself: isMeant(template),
    };
  }

  private nearRule({ template }: Kind, term: PodTerm): NearRule {
    const tally = this.tallies.of((other) => means(term, template, other.template));
    return { domains: this.topology.of(term.topologyKey), tally };
  }

  private ownPreferences(kind: Kind) {
    const { preferredPodAffinity = [], preferredPodAntiAffinity = [] } = kind.template;
    const rule = (sign: number) => (it: Weighted<PodTerm>) => ({
      ...this.nearRule(kind, it.term),
      weight: sign * it.weight,
    });
    return [...preferredPodAffinity.map(rule(1)), ...preferredPodAntiAffinity.map(rule(-1))];
  }

  /** What pods of another template that run count for a node, as they rather have this one near, or not. */
  private preferencesFor({ template }: Kind, { template: other, own }: Kind) {
    const { podAffinity = [], preferredPodAffinity = [], preferredPodAntiAffinity = [] } = other;
    const rule = (term: PodTerm, weight: number) =>
      means(term, other, template)
        ? [{ domains: this.topology.of(term.topologyKey), tally: own, weight }]
        : [];
    return [
      ...podAffinity.flatMap((term) => rule(term, HARD_WEIGHT)),
      ...preferredPodAffinity.flatMap(({ term, weight }) => rule(term, weight)),
      ...preferredPodAntiAffinity.flatMap(({ term, weight }) => rule(term, -weight)),
    ];
  }
}

function isHard({ whenUnsatisfiable }: SpreadConstraint): boolean {
  return whenUnsatisfiable === 'DoNotSchedule';
}

/** Whether a term of a pod means another pod. */
function means({ selector, namespaces }: PodTerm, { namespace }: PodTemplate, other: PodTemplate): boolean {
  if (selector === undefined || !selects(selector, other.labels)) return false;
  return namespaces === 'all' || (namespaces ?? [namespace]).includes(other.namespace);
}
