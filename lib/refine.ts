import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { SpecError } from './spec-error';

/** A value of a Kubernetes document. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A Kubernetes document. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** One change of a final document, made by {@link set}, {@link fill} or {@link remove}. */
export type Refinement =
  | { readonly op: 'set' | 'fill'; readonly pointer: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly pointer: string };

/**
 * Sets a field of the final document, whatever stands there. Objects on the way are made.
 *
 * @param pointer JSON pointer (RFC 6901); `*` stands for every element of a list:
 * `/spec/template/spec/containers/*\/resizePolicy`
 */
export function set(pointer: string, value: JsonValue): Refinement {
  return { op: 'set', pointer, value };
}

/** Sets a field of the final document where it is absent. */
export function fill(pointer: string, value: JsonValue): Refinement {
  return { op: 'fill', pointer, value };
}

/** Takes a field out of the final document. */
export function remove(pointer: string): Refinement {
  return { op: 'remove', pointer };
}

const refinements = new WeakMap<ApiObject, Map<string, Refinement>>();

/**
 * Changes the document that an object is written as. Nothing is lost: a refinement is applied after all mappers of
 * cdk8s and cdk8s-plus, so fields that they do not know arrive, and a synth in which a refinement did not arrive
 * fails. A later refinement of the same pointer replaces the earlier one.
 *
 * It works in `CapstanApp`, in cdk8s' own `App` and in `Testing.synth`.
 *
 * @param target an `ApiObject`, or a construct that has one as its default child, such as a cdk8s-plus `Deployment`
 */
export function refine(target: IConstruct, ...changes: readonly Refinement[]): void {
  const object = ApiObject.of(target);
  const known = refinements.get(object) ?? wrap(object);
  for (const change of changes) {
    known.delete(change.pointer);
    known.set(change.pointer, change);
  }
}

/** The pointers of an object's refinements that a document of it does not show. */
export function lostRefinements(object: ApiObject, document: JsonObject): string[] {
  const known = [...(refinements.get(object)?.values() ?? [])];
  return known.filter((change) => !arrived(document, change)).map((change) => change.pointer);
}

/** A problem for each refinement that did not arrive in the document of an object. */
export function lostRefinementProblems(object: ApiObject, document: JsonObject) {
  return lostRefinements(object, document).map((pointer) => ({
    path: object.node.path,
    message:
      `refinement ${pointer} must be in the ${object.kind} that is written, got a document without it. ` +
      'Correct the pointer, or take out what overwrites it.',
  }));
}

function wrap(object: ApiObject): Map<string, Refinement> {
  const known = new Map<string, Refinement>();
  refinements.set(object, known);
  const render = object.toJson.bind(object);
  object.toJson = () => {
    const document = copy(render(), unsorted);
    for (const change of known.values()) apply(document, change);
    const problems = lostRefinementProblems(object, document);
    if (problems.length > 0) throw new SpecError(problems);
    return process.env.CDK8S_DISABLE_SORT ? document : withSortedFields(document);
  };
  return known;
}

type Writable = { [key: string]: unknown } | unknown[];

function apply(document: Writable, change: Refinement): void {
  for (const { parent, key } of places(document, change.pointer, change.op !== 'remove')) {
    const container = parent as Record<string, unknown>;
    if (change.op === 'remove') delete container[key];
    else if (change.op === 'set' || container[key] === undefined)
      container[key] = copy(change.value, unsorted);
  }
}

function arrived(document: JsonObject, change: Refinement): boolean {
  const found = places(document as Writable, change.pointer, false).map(
    ({ parent, key }) => (parent as Record<string, unknown>)[key],
  );
  if (change.op === 'remove') return found.every((value) => value === undefined);
  if (found.length === 0) return change.pointer.includes('/*');
  if (change.op === 'fill') return found.every((value) => value !== undefined);
  return found.every((value) => isSame(value, change.value));
}

interface Place {
  readonly parent: Writable;
  readonly key: string;
}

/** Where a pointer leads to; `grow` makes the objects on the way. Lists are neither made nor grown. */
function places(document: Writable, pointer: string, grow: boolean): Place[] {
  const keys = pointer.split('/').slice(1).map(unescapeKey);
  const last = keys.pop();
  if (last === undefined) return [];
  let parents: Writable[] = [document];
  for (const [index, key] of keys.entries()) {
    const holdsList = (keys[index + 1] ?? last) === '*';
    parents = parents.flatMap((parent) => children(parent, key, grow && !holdsList));
  }
  return parents.flatMap((parent) => keysOf(parent, last).map((key) => ({ parent, key })));
}

function children(parent: Writable, key: string, grow: boolean): Writable[] {
  const container = parent as Record<string, unknown>;
  return keysOf(parent, key).flatMap((name) => {
    if (grow && container[name] === undefined) container[name] = {};
    const value = container[name];
    return typeof value === 'object' && value !== null ? [value as Writable] : [];
  });
}

function keysOf(parent: Writable, key: string): string[] {
  if (!Array.isArray(parent)) return [key];
  const indices = [...parent.keys()].map(String);
  return key === '*' ? indices : indices.filter((index) => index === key);
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Sorts the fields below the first level, as cdk8s does before a refinement adds some. */
function withSortedFields(document: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, copy(value, byName)]));
}

type Order = (fields: [string, unknown][]) => [string, unknown][];

const unsorted: Order = (fields) => fields;
const byName: Order = (fields) => fields.sort(([a], [b]) => (a < b ? -1 : 1));

function copy<T>(value: T, order: Order): T;
function copy(value: unknown, order: Order): unknown {
  if (Array.isArray(value)) return value.map((element) => copy(element, order));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(order(Object.entries(value)).map(([key, field]) => [key, copy(field, order)]));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(copy(one, byName)) === JSON.stringify(copy(other, byName));
}
