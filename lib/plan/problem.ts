/**
 * One thing that is wrong with a spec. A plan lists all of them instead of throwing at the first.
 *
 * Printed as `darkroom/develop: concurrency must be a whole number of 1 or more, got 1.5. Leave it out to size
 * it from the CPU request.`
 */
export interface Problem {
  /** The property at fault, as a user writes it: `scale.max`. */
  readonly prop: string;
  /** What is wanted, a predicate that follows the property: `must be a whole number of 1 or more`. */
  readonly wanted: string;
  /** What was found: `1.5`. */
  readonly got: string;
  /** What to do, an imperative sentence. */
  readonly fix: string;
}

/**
 * A problem as one line, without the path of the construct: `scale.max must be 3 or more, got 2. Raise it, or
 * lower scale.min.`
 */
export function formatProblem(problem: Problem): string {
  return `${problem.prop} ${problem.wanted}, got ${problem.got}. ${problem.fix}`;
}
