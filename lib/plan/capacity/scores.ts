import { at } from './at';
import { countIn, near } from './attempt';
import type { Board } from './board';
import { NO_DOMAIN } from './domains';
import type { Kind, SpreadRule } from './kind';
import { addStrategyScores, balanceScore, MOST, type Strategy } from './strategy';

/** What each plugin counts beside the others (`getDefaultPlugins`). */
const WEIGHTS = { taints: 3, nodeAffinity: 2, spread: 2, podAffinity: 2 };

/**
 * The node that the scheduler likes best for a pod, of those that take it. Among equals, which it draws lots between,
 * it is the first.
 */
export function favourite(board: Board, kind: Kind, nodes: readonly number[], strategy: Strategy): number {
  if (nodes.length === 1) return nodes[0] ?? 0;
  const totals = new Float64Array(nodes.length);
  for (let place = 0; place < nodes.length; place++) {
    totals[place] = balanceScore(at(board.seats, nodes[place] ?? 0), kind);
  }
  addStrategyScores(totals, nodes, { strategy, board, kind });
  add(totals, avoidance(board, kind, nodes), WEIGHTS.taints);
  add(totals, preference(board, kind, nodes), WEIGHTS.nodeAffinity);
  add(totals, spread(board, kind, nodes), WEIGHTS.spread);
  add(totals, company(kind, nodes), WEIGHTS.podAffinity);
  let best = 0;
  for (let place = 1; place < totals.length; place++)
    if ((totals[place] ?? 0) > (totals[best] ?? 0)) best = place;
  return nodes[best] ?? 0;
}

type Scores = ArrayLike<number> | undefined;

function add(totals: Float64Array, scores: Scores, weight: number): void {
  if (scores === undefined) return;
  for (let place = 0; place < totals.length; place++) {
    totals[place] = (totals[place] ?? 0) + weight * (scores[place] ?? 0);
  }
}

/** Taints that are to be avoided: the more, the less. */
function avoidance({ kinds, avoids }: Board, kind: Kind, nodes: readonly number[]): Scores {
  if (!avoids) return undefined;
  const avoided = nodes.map((node) => kinds.facts(kind, node).avoided);
  const most = Math.max(...avoided);
  return most === 0 ? undefined : avoided.map((count) => MOST - Math.floor((MOST * count) / most));
}

function preference({ kinds }: Board, kind: Kind, nodes: readonly number[]): Scores {
  if (kind.template.preferredNodes === undefined) return undefined;
  const weights = nodes.map((node) => kinds.facts(kind, node).preference);
  const most = Math.max(...weights);
  return most === 0 ? undefined : weights.map((weight) => Math.floor((MOST * weight) / most));
}

/** How few pods that count are where a node is (`PodTopologySpread`). */
function spread(board: Board, kind: Kind, nodes: readonly number[]): Scores {
  const { soft, softNeedsAllKeys } = kind;
  if (soft.length === 0) return undefined;
  const needed = softNeedsAllKeys ? soft : [];
  const counted =
    needed.length === 0 ? nodes : nodes.filter((node) => needed.every((rule) => hasDomain(rule, node)));
  const raw = new Float64Array(nodes.length);
  for (const rule of soft) addSpread(raw, nodes, { board, kind, rule, needed, counted });
  const isCounted = counted.length === nodes.length ? undefined : new Set(counted);
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let place = 0; place < raw.length; place++) {
    if (isCounted !== undefined && !isCounted.has(nodes[place] ?? 0)) continue;
    const score = Math.round(raw[place] ?? 0);
    raw[place] = score;
    if (score < least) least = score;
    if (score > most) most = score;
  }
  return raw.map((score, place) => {
    if (isCounted !== undefined && !isCounted.has(nodes[place] ?? 0)) return 0;
    return most === 0 ? MOST : Math.floor((MOST * (most + least - score)) / most);
  });
}

function hasDomain({ domains }: SpreadRule, node: number): boolean {
  return domains.at(node) !== NO_DOMAIN;
}

interface SoftRule {
  readonly board: Board;
  readonly kind: Kind;
  readonly rule: SpreadRule;
  readonly needed: readonly SpreadRule[];
  readonly counted: readonly number[];
}

/** Adds, for each node, what one constraint counts there by the logarithm of the number of domains, and the skew allowed. */
function addSpread(raw: Float64Array, nodes: readonly number[], soft: SoftRule): void {
  const { board, kind, rule, needed, counted } = soft;
  const { domains, tally, isHostname, maxSkew } = rule;
  const counts = isHostname ? undefined : countIn(board, kind, rule, needed).counts;
  const weight = Math.log((isHostname ? counted.length : domainsOf(counted, rule)) + 2);
  for (let place = 0; place < nodes.length; place++) {
    const node = nodes[place] ?? 0;
    const domain = domains.at(node);
    if (domain === NO_DOMAIN) continue;
    const count = counts === undefined ? tally.at(node) : (counts[domain] ?? 0);
    raw[place] = (raw[place] ?? 0) + count * weight + maxSkew - 1;
  }
}

/** How many domains some nodes are in. Those without the label are in one more, which nothing is counted in. */
function domainsOf(nodes: readonly number[], { domains }: SpreadRule): number {
  const seen = new Uint8Array(domains.count + 1);
  let count = 0;
  for (let place = 0; place < nodes.length; place++) {
    const domain = domains.at(nodes[place] ?? 0) + 1;
    if (seen[domain] === 1) continue;
    seen[domain] = 1;
    count++;
  }
  return count;
}

/** Pods near a node that the pod rather has near, or not, and that rather have it (`InterPodAffinity`). */
function company({ near: rules }: Kind, nodes: readonly number[]): Scores {
  const present = rules.filter(({ tally }) => tally.total > 0);
  if (present.length === 0) return undefined;
  const sums = nodes.map(() => 0);
  for (const rule of present) {
    const { domains, counts } = near(rule);
    for (const [place, node] of nodes.entries()) {
      const domain = domains.at(node);
      if (domain !== NO_DOMAIN) sums[place] = at(sums, place) + rule.weight * (counts[domain] ?? 0);
    }
  }
  const [least, most] = [Math.min(...sums), Math.max(...sums)];
  return most === least ? undefined : sums.map((sum) => Math.trunc(MOST * ((sum - least) / (most - least))));
}
