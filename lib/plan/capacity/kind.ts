import { CPU, MEMORY, vectorOf } from './amounts';
import type { Domains } from './domains';
import { exactly, selects } from './labels';
import type { CapacityNode } from './node';
import type { NodeTerm, PodTemplate } from './pod';
import { toleratesAll, untoleratedPreferences } from './taints';
import { Tally } from './tally';

/** A template with everything that follows from it and from the other templates. */
export interface Kind {
  readonly index: number;
  readonly template: PodTemplate;
  readonly priority: number;
  /** What one pod takes. */
  readonly requests: Float64Array;
  /** Its cpu and memory as scores count them. */
  readonly scored: readonly [number, number];
  readonly isBestEffort: boolean;
  /** What counts the pods of this template. */
  readonly tallies: Tally[];
  /** Pods of this template alone. */
  own: Tally;
  /** Constraints that have to hold, and those that are tried. */
  hard: readonly SpreadRule[];
  soft: readonly SpreadRule[];
  /** Whether a node without the labels of all soft constraints counts for none. */
  readonly softNeedsAllKeys: boolean;
  affinity: AffinityRule | undefined;
  /** Pods that must not be near: those that the template names, and those whose templates name this one. */
  apart: readonly NearRule[];
  unwanted: readonly NearRule[];
  /** Pods that count for and against nodes near them. */
  near: readonly (NearRule & { readonly weight: number })[];
  /** What is known of each node already, by the number of the node. */
  readonly onNode: NodeFacts[];
}

/** What a template finds on a node, whatever runs there. */
export interface NodeFacts {
  readonly isTolerated: boolean;
  readonly isWanted: boolean;
  /** Weights of the preferences that hold. */
  readonly preference: number;
  /** Taints that are not tolerated but only to be avoided. */
  readonly avoided: number;
}

/** A constraint of the spread. */
export interface SpreadRule {
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly domains: Domains;
  readonly isHostname: boolean;
  readonly tally: Tally;
  /** 1 when the pod counts itself. */
  readonly self: number;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

/** Pods near a node. */
export interface NearRule {
  readonly domains: Domains;
  readonly tally: Tally;
}

/** Pods that have to be near. */
export interface AffinityRule {
  /** Pods that all terms mean. */
  readonly tally: Tally;
  readonly domains: readonly Domains[];
  /** Whether a pod of the template would do itself, as the first one. */
  readonly meansItself: boolean;
}

/** What the scheduler takes for the cpu and memory of pods that ask for none when it scores (`GetNonzeroRequests`). */
const UNSAID = { cpu: 100, memory: 200 * 2 ** 20 };

/** A kind that knows nothing of other kinds yet. */
export function blank(template: PodTemplate, index: number, resources: readonly string[]): Kind {
  const requests = vectorOf(template.requests, resources);
  const [cpu = 0, memory = 0] = [requests[CPU], requests[MEMORY]];
  const has = (name: string) => template.requests[name] !== undefined;
  return {
    index,
    template,
    priority: template.priority ?? 0,
    requests,
    scored: [has('cpu') ? cpu : UNSAID.cpu, has('memory') ? memory : UNSAID.memory],
    isBestEffort: cpu === 0 && memory === 0,
    tallies: [],
    own: new Tally(),
    hard: [],
    soft: [],
    softNeedsAllKeys: (template.spread ?? []).length > 0,
    affinity: undefined,
    apart: [],
    unwanted: [],
    near: [],
    onNode: [],
  };
}

/** What a template finds on a node, whatever runs there. */
export function factsOf(template: PodTemplate, node: CapacityNode): NodeFacts {
  const { tolerations = [], nodeSelector = {}, nodeTerms, preferredNodes = [] } = template;
  return {
    isTolerated: toleratesAll(tolerations, node.taints),
    isWanted:
      selects(exactly(nodeSelector), node.labels) && (nodeTerms?.some((term) => holds(term, node)) ?? true),
    preference: preferredNodes.reduce((sum, { weight, term }) => sum + (holds(term, node) ? weight : 0), 0),
    avoided: untoleratedPreferences(tolerations, node.taints),
  };
}

/** A term that asks for nothing means no node. */
function holds({ labels, names = [] }: NodeTerm, node: CapacityNode): boolean {
  if (labels.length === 0 && names.length === 0) return false;
  return selects(labels, node.labels) && selects(names, { 'metadata.name': node.name });
}
