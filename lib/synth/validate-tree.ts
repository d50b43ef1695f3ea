import type { IConstruct } from 'constructs';
import type { TreeProblem } from '../spec-error';

/** Everything that the constructs below a root find wrong with themselves. */
export function validateTree(root: IConstruct): TreeProblem[] {
  return root.node
    .findAll()
    .flatMap((construct) =>
      construct.node.validate().map((message) => ({ path: construct.node.path, message })),
    );
}
