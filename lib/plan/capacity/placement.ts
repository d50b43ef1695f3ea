/**
 * The placement score over node types i and resources j:
 *
 * - R_j: amount of resource j that is asked for, as a share of what all nodes together give (no unit, 0 to 1)
 * - C_ij: weight of resource j on node type i: what one unit of R_j takes of a node (no unit), or costs there (money)
 * - S_i: room of node type i, in the unit of R_j·C_ij
 *
 * The constraint is Σ_j R_j·C_ij ≤ S_i; the score min_i {Σ_j R_j·C_ij / Σ_j R_j}: the type that meets the constraint
 * and on which a unit of what is asked for weighs least.
 */
export interface PlacementType {
  /** C_ij, by resource, as the amounts that are asked for. */
  readonly weights: readonly number[];
  /** S_i. */
  readonly room: number;
}

/** Σ_j R_j·C_ij: what the request takes of a type, in the unit of its room. */
export function weightOf(requested: readonly number[], { weights }: PlacementType): number {
  return requested.reduce((sum, amount, resource) => sum + amount * (weights[resource] ?? 0), 0);
}

/** Σ_j R_j·C_ij / Σ_j R_j: less is better; 0 when nothing is asked for. */
export function placementScore(requested: readonly number[], type: PlacementType): number {
  const asked = requested.reduce((sum, amount) => sum + amount, 0);
  return asked === 0 ? 0 : weightOf(requested, type) / asked;
}

/** Sums of shares are not exact. */
const SLACK = 1e-9;

/**
 * The type with the least score of those that meet the constraint, the first of several.
 *
 * @returns its place in the list; `undefined` when none has room
 */
export function leastScore(
  requested: readonly number[],
  types: readonly PlacementType[],
): number | undefined {
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, type] of types.entries()) {
    if (weightOf(requested, type) > type.room + SLACK) continue;
    const score = placementScore(requested, type);
    if (score >= least) continue;
    least = score;
    best = index;
  }
  return best;
}
