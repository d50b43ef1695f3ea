import { showPlainlyWhenUncaught } from './uncaught';

/** One thing that is wrong in the construct tree. */
export interface TreeProblem {
  /** Path of the construct at fault, such as `darkroom/develop`. */
  readonly path: string;
  /** What is wrong with it and what to do, one sentence after the other, without the path. */
  readonly message: string;
}

/** Exit code of a program that ends because of a {@link SpecError} which nobody caught: the user's input is wrong. */
export const SPEC_ERROR_EXIT_CODE = 2;

/**
 * Everything that is wrong in a construct tree, one problem a line: `path: prop wanted, got x. fix`.
 *
 * It is about the user's input, so a program that does not catch it ends with exit code 2 and shows these lines
 * only, without a stack trace. A program with an `uncaughtException` listener of its own keeps that listener's
 * behaviour.
 */
export class SpecError extends Error {
  override readonly name = 'SpecError';

  constructor(
    /** The problems, in the order of the tree. */
    readonly problems: readonly TreeProblem[],
  ) {
    super(problems.map(formatTreeProblem).join('\n'));
    showPlainlyWhenUncaught(this, SPEC_ERROR_EXIT_CODE);
  }
}

/** A problem as one line: `darkroom/develop: scale.max must be 3 or more, got 2. Raise it, or lower scale.min.` */
export function formatTreeProblem(problem: TreeProblem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}
