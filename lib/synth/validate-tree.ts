import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { TreeProblem } from '../spec-error';

/** Everything that the constructs below a root find wrong with themselves, and objects that exist twice. */
export function validateTree(root: IConstruct): TreeProblem[] {
  const constructs = root.node.findAll();
  const own = constructs.flatMap((construct) =>
    construct.node.validate().map((message) => ({ path: construct.node.path, message })),
  );
  return [...own, ...duplicates(constructs.filter(ApiObject.isApiObject))];
}

/** In a cluster an object is known by group, kind, namespace and name: of two with the same, the last one wins. */
function duplicates(objects: readonly ApiObject[]): TreeProblem[] {
  const first = new Map<string, ApiObject>();
  const problems: TreeProblem[] = [];
  for (const object of objects) {
    const place = object.metadata.namespace ?? 'the default namespace';
    const identity = JSON.stringify([object.apiGroup, object.kind, place, object.name]);
    const other = first.get(identity);
    if (other === undefined) first.set(identity, object);
    else {
      problems.push({
        path: object.node.path,
        message:
          `metadata.name must be the only ${object.kind} of its name in ${place}, got ${object.name}, ` +
          `which ${other.node.path} has already. Rename one of them, or give its chart another namespace.`,
      });
    }
  }
  return problems;
}
