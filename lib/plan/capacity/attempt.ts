import { at } from './at';
import { type Board, hasPorts, type Seat } from './board';
import { type Domains, NO_DOMAIN } from './domains';
import type { Kind, NearRule, SpreadRule } from './kind';

/** Why a node takes no pod, in the scheduler's words, and whether pushing out others cannot change it. */
export interface Refusal {
  readonly reasons: readonly string[];
  readonly isFinal: boolean;
}

/** Pods by domain, and the fewest that a domain has. */
interface Spread {
  readonly rule: SpreadRule;
  readonly counts: Int32Array;
  readonly fewest: number;
}

/** Pods near each domain. */
interface Near {
  readonly domains: Domains;
  readonly counts: Int32Array;
}

const UNTOLERATED: Refusal = final('node(s) had untolerated taint(s)');
const UNWANTED: Refusal = final("node(s) didn't match Pod's node affinity/selector");
const NO_PORTS: Refusal = passing("node(s) didn't have free ports for the requested pod ports");
const SKEWED: Refusal = passing("node(s) didn't match pod topology spread constraints");
const NO_KEY: Refusal = final(
  "node(s) didn't match pod topology spread constraints (missing required label)",
);
const NOT_NEAR: Refusal = final("node(s) didn't match pod affinity rules");
const TOO_NEAR: Refusal = passing("node(s) didn't match pod anti-affinity rules");
const KEPT_OFF: Refusal = passing("node(s) didn't satisfy existing pods anti-affinity rules");

/**
 * One pod that looks for a node, on a board that does not change meanwhile. The checks and their order are those of
 * the default plugins of the scheduler: a node is refused by the first that fails.
 */
export class Attempt {
  private readonly spreads: readonly Spread[];
  private readonly affinity: readonly Near[];
  private readonly isFirst: boolean;
  private readonly apart: readonly Near[];
  private readonly unwanted: readonly Near[];

  constructor(
    private readonly board: Board,
    private readonly kind: Kind,
  ) {
    const { hard, affinity } = kind;
    this.spreads = hard.map((rule) => this.spread(rule));
    this.affinity = affinity?.domains.map((domains) => near({ domains, tally: affinity.tally })) ?? [];
    this.isFirst =
      affinity?.meansItself === true && this.affinity.every(({ counts }) => counts.every((it) => it === 0));
    this.apart = present(kind.apart).map(near);
    this.unwanted = present(kind.unwanted).map(near);
  }

  /** Those of some nodes that take the pod. */
  taken(nodes: readonly number[]): number[] {
    const taken: number[] = [];
    for (let place = 0; place < nodes.length; place++) {
      const node = nodes[place] ?? 0;
      if (this.refusal(node) === undefined) taken.push(node);
    }
    return taken;
  }

  /** Why nodes do not take the pod, by their numbers. */
  refusals(nodes: readonly number[]): Map<number, Refusal> {
    return new Map(
      nodes.flatMap((node) => {
        const refusal = this.refusal(node);
        return refusal === undefined ? [] : [[node, refusal] as const];
      }),
    );
  }

  /** Why the node does not take the pod; `undefined` when it does. */
  refusal(node: number): Refusal | undefined {
    const { board, kind } = this;
    const { isTolerated, isWanted } = board.kinds.facts(kind, node);
    if (!isTolerated) return UNTOLERATED;
    if (!isWanted) return UNWANTED;
    const seat = at(board.seats, node);
    if (kind.template.hostPorts !== undefined && !hasPorts(seat, kind.template.hostPorts)) return NO_PORTS;
    if (!hasRoom(seat, kind)) return shortage(seat, kind, board.resources);
    return this.skewed(node) ?? this.misplaced(node);
  }

  private skewed(node: number): Refusal | undefined {
    for (let place = 0; place < this.spreads.length; place++) {
      const { rule, counts, fewest } = at(this.spreads, place);
      const domain = rule.domains.at(node);
      if (domain === NO_DOMAIN) return NO_KEY;
      if ((counts[domain] ?? 0) + rule.self - fewest > rule.maxSkew) return SKEWED;
    }
    return undefined;
  }

  private misplaced(node: number): Refusal | undefined {
    const { affinity } = this;
    for (let place = 0; place < affinity.length; place++) {
      const { domains } = at(affinity, place);
      if (domains.at(node) === NO_DOMAIN) return NOT_NEAR;
      if (!this.isFirst && !isNear(at(affinity, place), node)) return NOT_NEAR;
    }
    if (isNearAny(this.apart, node)) return TOO_NEAR;
    return isNearAny(this.unwanted, node) ? KEPT_OFF : undefined;
  }

  private spread(rule: SpreadRule): Spread {
    const { counts, isThere } = countIn(this.board, this.kind, rule, this.kind.hard);
    let fewest = Number.POSITIVE_INFINITY;
    let domains = 0;
    for (let domain = 0; domain < counts.length; domain++) {
      if (isThere[domain] !== 1) continue;
      domains++;
      fewest = Math.min(fewest, counts[domain] ?? 0);
    }
    return { rule, counts, fewest: domains < rule.minDomains ? 0 : fewest };
  }
}

/**
 * The pods that count for a rule, by domain, and the domains that there are: of nodes that have the labels of all
 * rules, and that the policies of the rule do not leave out.
 */
export function countIn(
  { nodes, kinds }: Board,
  kind: Kind,
  rule: SpreadRule,
  needed: readonly SpreadRule[],
): { readonly counts: Int32Array; readonly isThere: Uint8Array } {
  const { domains, tally, honorsAffinity, honorsTaints } = rule;
  const counts = new Int32Array(domains.count);
  const isThere = new Uint8Array(domains.count);
  for (let node = 0; node < nodes.length; node++) {
    const domain = domains.at(node);
    if (domain === NO_DOMAIN || lacksAny(needed, node)) continue;
    const { isWanted, isTolerated } = kinds.facts(kind, node);
    if ((honorsAffinity && !isWanted) || (honorsTaints && !isTolerated)) continue;
    isThere[domain] = 1;
    counts[domain] = (counts[domain] ?? 0) + tally.at(node);
  }
  return { counts, isThere };
}

function lacksAny(rules: readonly SpreadRule[], node: number): boolean {
  for (let place = 0; place < rules.length; place++) {
    if (at(rules, place).domains.at(node) === NO_DOMAIN) return true;
  }
  return false;
}

/** Pods that a rule means, by domain. */
export function near({ domains, tally }: NearRule): Near {
  const counts = new Int32Array(domains.count);
  for (let node = 0; node < tally.onNode.length; node++) {
    const domain = domains.at(node);
    if (domain !== NO_DOMAIN) counts[domain] = (counts[domain] ?? 0) + tally.at(node);
  }
  return { domains, counts };
}

function present<T extends NearRule>(rules: readonly T[]): T[] {
  return rules.filter(({ tally }) => tally.total > 0);
}

function isNearAny(rules: readonly Near[], node: number): boolean {
  for (let place = 0; place < rules.length; place++) if (isNear(at(rules, place), node)) return true;
  return false;
}

function isNear({ domains, counts }: Near, node: number): boolean {
  const domain = domains.at(node);
  return domain !== NO_DOMAIN && (counts[domain] ?? 0) > 0;
}

function hasRoom({ pods, mostPods, allocatable, used }: Seat, { requests }: Kind): boolean {
  if (pods.length + 1 > mostPods) return false;
  for (let index = 0; index < requests.length; index++) {
    const request = requests[index] ?? 0;
    if (request > 0 && request > (allocatable[index] ?? 0) - (used[index] ?? 0)) return false;
  }
  return true;
}

function shortage(seat: Seat, { requests }: Kind, resources: readonly string[]): Refusal {
  const { pods, mostPods, allocatable, used } = seat;
  const short = resources.filter((_, index) => {
    const request = requests[index] ?? 0;
    return request > 0 && request > (allocatable[index] ?? 0) - (used[index] ?? 0);
  });
  const reasons = short.map((name) => `Insufficient ${name}`);
  if (pods.length + 1 > mostPods) reasons.unshift('Too many pods');
  const isFinal = requests.some((request, index) => request > (allocatable[index] ?? 0));
  return { reasons, isFinal };
}

function final(reason: string): Refusal {
  return { reasons: [reason], isFinal: true };
}

function passing(reason: string): Refusal {
  return { reasons: [reason], isFinal: false };
}
