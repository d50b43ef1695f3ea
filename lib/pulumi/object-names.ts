import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import type { JsonObject } from '../json-value';
import { identityOf } from '../synth/identity';
import { groupVersionOf, isTyped, typeTokenOf } from './typed-class';

/** Type of the components that stand for constructs. */
export const CONSTRUCT_TYPE = 'capstan:index:Construct';

/** Constructs may move between this many levels. */
const DEEPEST = 8;

/** Versions that an API goes through; Pulumi has a type for each. */
const VERSIONS = ['v1alpha1', 'v1alpha2', 'v1beta1', 'v1beta2', 'v1', 'v2'];

/** What Pulumi knows an object by: what the cluster knows it by, below the name of the stack. */
export function nameOf(stack: string, document: JsonObject): string {
  const { kind, namespace, name } = identityOf(document);
  return [stack, kind, namespace, name].filter((part) => part !== undefined).join('/');
}

/** An object below a stack. */
interface Placed {
  readonly document: JsonObject;
  /** URN of the stack. */
  readonly stack: Output<string>;
  /** Name of the stack, and those that it had before. */
  readonly stackNames: readonly [string, ...string[]];
  /** Number of constructs between the stack and the object. */
  readonly depth: number;
}

/**
 * The other URNs that the same object may have had: a URN holds the type of each parent, the version of the API and
 * the name of the stack. An object that comes under another URN is made first, which changes nothing, and then deleted
 * under its old one, which takes it away. So a construct that moves to another level of the tree, a custom resource of
 * a new version and a stack of a new name have to be known as the same.
 */
export function aliasesOf({ document, stack, stackNames, depth }: Placed): Output<string>[] {
  const chain = (levels: number, type: string) => [...Array(levels).fill(CONSTRUCT_TYPE), type].join('$');
  const type = typeTokenOf(document);
  const levels = Array.from({ length: DEEPEST + 1 }, (_, level) => level).filter((level) => level !== depth);
  // Typed classes know their other versions themselves.
  const versions = isTyped(document) ? [] : otherVersions(document);
  const [stackName, ...formerNames] = stackNames;
  const name = nameOf(stackName, document);
  const others = [
    ...[...levels.map((level) => chain(level, type)), ...versions.map((it) => chain(depth, it))].map(
      (types) => [types, name],
    ),
    ...formerNames.map((former) => [chain(depth, type), nameOf(former, document)]),
  ];
  return others.map(([types, it]) =>
    stack.apply((urn) => `${urn.slice(0, urn.lastIndexOf('::'))}$${types}::${it}`),
  );
}

/** The names that a stack had before, by the aliases that it is given. */
export function formerNamesOf({ aliases = [] }: ComponentResourceOptions): string[] {
  return aliases.flatMap((alias) => {
    if (typeof alias === 'string') return alias.slice(alias.lastIndexOf('::') + '::'.length);
    return 'name' in alias && typeof alias.name === 'string' ? alias.name : [];
  });
}

function otherVersions(document: JsonObject): string[] {
  const { group, version } = groupVersionOf(document);
  return VERSIONS.filter((it) => it !== version).map((it) =>
    typeTokenOf({ ...document, apiVersion: `${group}/${it}` }),
  );
}
