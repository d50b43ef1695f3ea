import type { ApiObject } from 'cdk8s';
import type { JsonObject } from '../json-value';
import type { TreeProblem } from '../spec-error';

/**
 * A problem for a document that holds others, such as one of kind List. kubectl applies each item, but none of them
 * would be given a namespace, compared with what is committed, or held to any rule. `items` are what kubectl goes by.
 */
export function listProblems({ node }: ApiObject, { kind, items }: JsonObject): TreeProblem[] {
  if (kind !== 'List' && items === undefined) return [];
  const count = Array.isArray(items) ? items.length : 0;
  return [
    {
      path: node.path,
      message:
        `${String(kind)} must be one object, since the items of a list get no namespace and pass every check, ` +
        `got ${count} items. Give each of them as a document of its own: new ApiObject(this, 'Id', item).`,
    },
  ];
}
