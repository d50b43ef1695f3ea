// Compares what is in a cluster with what was synthesized, whoever deployed it.
//
// An API server fills in defaults, so documents are not compared with live objects: they are applied to an API server
// of its own, which has neither nodes nor controllers, by `kubectl apply --server-side`, and what that holds then is
// compared with what the cluster holds.
import { fieldsOf } from '../../lib/plan/fields';
import { identityOf } from '../../lib/synth/identity';
import { type Document, normalised } from './normalise';

const { startApiServer } = require('../../tools/cluster/api-server.cjs');
const { resourceDefinitions } = require('../../tools/manifests/programs.cjs');

/** Runs kubectl with a cluster's kubeconfig, which has to succeed; gives what it printed. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** A difference that is no fault. */
export interface Addition {
  /** Where it is: a JSON pointer, or the part of one that a pattern finds. */
  readonly at: RegExp;
  /**
   * Kind of the objects that have it.
   * @default any
   */
  readonly kind?: string;
}

/** Live objects by what the cluster knows them by, such as `Deployment.apps darkroom/develop`. */
export type LiveObjects = ReadonlyMap<string, Document>;

/** Where documents are unlike live objects, one line each: nothing when all is as it should be. */
export async function compareLive(
  kubectl: Kubectl,
  documents: readonly Document[],
  additions: readonly Addition[] = [],
): Promise<string[]> {
  const [expected, live] = [await expectedObjects(documents), await liveObjects(kubectl, documents)];
  return differences(expected, live, additions);
}

/** The objects that an API server alone makes of documents. */
export async function expectedObjects(documents: readonly Document[]): Promise<LiveObjects> {
  const server = await startApiServer('newest');
  try {
    const kubectl: Kubectl = async (args, input = '') => {
      const { status, stdout, stderr } = await server.kubectl([...args], input);
      if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    await defineResources(kubectl, documents);
    const isFirst = ({ kind }: Document) => kind === 'Namespace' || kind === 'CustomResourceDefinition';
    for (const part of [documents.filter(isFirst), documents]) {
      if (part.length > 0) await kubectl(['apply', '--server-side', '-f', '-'], listOf(part));
    }
    return await liveObjects(kubectl, documents);
  } finally {
    server.stop();
  }
}

/** Defines the custom resources of documents, as far as Capstan knows them. */
export async function defineResources(kubectl: Kubectl, documents: readonly Document[]): Promise<void> {
  const used = new Set(documents.map((document) => identityOf(document).group));
  const items = resourceDefinitions().filter(({ spec }: { spec: { group: string } }) => used.has(spec.group));
  if (items.length === 0) return;
  await kubectl(['apply', '--server-side', '-f', '-'], listOf(items));
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']);
}

/** The objects of documents that a cluster has, normalised. */
export async function liveObjects(kubectl: Kubectl, documents: readonly Document[]): Promise<LiveObjects> {
  const printed = await kubectl(['get', '--ignore-not-found', '-o', 'json', '-f', '-'], listOf(documents));
  return new Map(itemsIn(printed).map((object) => [keyOf(object), normalised(object)]));
}

/** Where live objects are unlike those that are expected, one line each. */
export function differences(
  expected: LiveObjects,
  live: LiveObjects,
  additions: readonly Addition[] = [],
): string[] {
  return [...expected].flatMap(([key, wanted]) => {
    const found = live.get(key);
    if (found === undefined) return [`${key} is missing`];
    return unlike('', wanted, found)
      .filter(
        ({ pointer }) =>
          !additions.some(({ at, kind = wanted.kind }) => kind === wanted.kind && at.test(pointer)),
      )
      .map(({ pointer, line }) => `${key}: ${pointer} ${line}`);
  });
}

/** What a cluster knows an object by. */
export function keyOf(document: Document): string {
  const { group, kind, namespace, name } = identityOf(document);
  const where = namespace === undefined ? name : `${namespace}/${name}`;
  return `${[kind, group].filter((part) => part !== '').join('.')} ${where}`;
}

interface Difference {
  readonly pointer: string;
  readonly line: string;
}

function unlike(pointer: string, wanted: unknown, found: unknown): Difference[] {
  const [one, other] = [
    partsOf(wanted) ?? emptyBeside(wanted, found),
    partsOf(found) ?? emptyBeside(found, wanted),
  ];
  if (one === undefined || other === undefined || Array.isArray(wanted) !== Array.isArray(found)) {
    if (JSON.stringify(wanted) === JSON.stringify(found)) return [];
    return [{ pointer, line: `is ${shown(found)}, expected ${shown(wanted)}` }];
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].flatMap((name) => {
    const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
    return unlike(`${pointer}/${escaped}`, one[name], other[name]);
  });
}

function partsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return Array.isArray(value) ? { ...value } : fieldsOf(value);
}

/** For nothing beside a map of texts, as annotations are, so that each of them is a difference of its own. */
function emptyBeside(missing: unknown, there: unknown): Readonly<Record<string, unknown>> | undefined {
  const texts = Object.values(fieldsOf(there) ?? {});
  const isMap = texts.length > 0 && texts.every((it) => typeof it === 'string');
  return missing === undefined && isMap ? {} : undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** kubectl prints nothing for no object, the object for one, and a list for more. */
function itemsIn(printed: string): readonly Document[] {
  if (printed.trim() === '') return [];
  const parsed = JSON.parse(printed) as Document & { readonly items?: readonly Document[] };
  return parsed.kind === 'List' ? (parsed.items ?? []) : [parsed];
}
