import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { type Place, placesOf, read, take, write } from './json-pointer';
import { copy, isSame, type JsonObject, type JsonValue, withSortedFields } from './json-value';
import { faultOf } from './refinement-fault';
import { SpecError, type TreeProblem } from './spec-error';

/** One change of a final document, made by {@link set}, {@link fill} or {@link remove}. */
export type Refinement =
  | { readonly op: 'set' | 'fill'; readonly pointer: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly pointer: string };

/**
 * Sets a field of the final document, whatever stands there. Objects on the way are made.
 *
 * @param pointer JSON pointer (RFC 6901). In a list `*` stands for every element, and `name=server` for the one whose
 * field `name` is `server`: `/spec/template/spec/containers/name=server/resizePolicy`
 */
export function set(pointer: string, value: JsonValue): Refinement {
  return { op: 'set', pointer, value };
}

/** Sets a field of the final document where it is absent. */
export function fill(pointer: string, value: JsonValue): Refinement {
  return { op: 'fill', pointer, value };
}

/** Takes a field, or an element of a list, out of the final document. */
export function remove(pointer: string): Refinement {
  return { op: 'remove', pointer };
}

/** What is refined in the document of one object. */
interface Refined {
  /** By pointer. */
  readonly fixed: Map<string, Refinement>;
  readonly derived: Derivation[];
  /** What is wrong with changes that are none. */
  readonly faults: string[];
}

/** Refinements that follow from a document. */
type Derivation = (document: JsonObject) => readonly Refinement[];

const refined = new WeakMap<ApiObject, Refined>();
const unrefined = new WeakMap<ApiObject, JsonObject>();
/** Those that have to find something. */
const exact = new WeakSet<Refinement>();

/**
 * Changes the document that an object is written as by what a program asks for: each change has to find something.
 * What is none, and what finds nothing, is a problem of the synth.
 */
export function refineExactly(target: IConstruct, ...changes: readonly Refinement[]): void {
  for (const change of changes) {
    const fault = faultOf(change);
    if (fault !== undefined) {
      refinedOf(target).faults.push(fault);
      continue;
    }
    const own = { ...change };
    exact.add(own);
    refine(target, own);
  }
}

/**
 * Changes the document that an object is written as, for Capstan's own changes: they fit whatever cdk8s-plus makes, so
 * one that takes out what is not there, or that is for every element of a list without any, does nothing.
 */
export function refine(target: IConstruct, ...changes: readonly Refinement[]): void {
  const { fixed } = refinedOf(target);
  for (const change of changes) {
    fixed.delete(change.pointer);
    fixed.set(change.pointer, change);
  }
}

/**
 * Changes the document that an object is written as by what follows from the document itself, such as a checksum of
 * what it refers to. Asked each time that the object is rendered, after what {@link refine} changes.
 */
export function refineFrom(target: IConstruct, derive: Derivation): void {
  refinedOf(target).derived.push(derive);
}

/** The document of a refined object as it was before its refinements when it was last rendered. */
export function unrefinedDocument(object: ApiObject): JsonObject | undefined {
  return unrefined.get(object);
}

/** Whether a refinement of an object is about a field, about something above it or about something below it. */
export function isRefined(object: ApiObject, pointer: string): boolean {
  const keys = pointer.split('/');
  return [...(refined.get(object)?.fixed.keys() ?? [])].some((other) =>
    other
      .split('/')
      .slice(0, keys.length)
      .every((key, index) => key === keys[index] || key === '*' || key.includes('=')),
  );
}

/** The pointers of an object's refinements that a document of it does not show. */
export function lostRefinements(object: ApiObject, document: JsonObject): string[] {
  return lostOf([...(refined.get(object)?.fixed.values() ?? [])], document);
}

function lostOf(changes: readonly Refinement[], document: JsonObject): string[] {
  return changes.filter((change) => !arrived(document, change)).map((change) => change.pointer);
}

/** A problem for each refinement that did not arrive in the document of an object. */
export function lostRefinementProblems(object: ApiObject, document: JsonObject): TreeProblem[] {
  return lostRefinements(object, document).map((pointer) => lostProblem(object, pointer));
}

function lostProblem(object: ApiObject, pointer: string): TreeProblem {
  return {
    path: object.node.path,
    message:
      `refinement ${pointer} must be in the ${object.kind} that is written, got a document without it. ` +
      'Correct the pointer, or take out what overwrites it.',
  };
}

function refinedOf(target: IConstruct): Refined {
  const object = ApiObject.of(target);
  const known = refined.get(object);
  if (known !== undefined) return known;
  const added: Refined = { fixed: new Map(), derived: [], faults: [] };
  refined.set(object, added);
  const render = object.toJson.bind(object);
  object.toJson = () => {
    const rendered: JsonObject = render();
    unrefined.set(object, rendered);
    const document = copy(rendered);
    const idle = [...added.fixed.values()].filter((change) => !apply(document, change) && isIdle(change));
    const derived = added.derived.flatMap((derive) => derive(document));
    for (const change of derived) apply(document, change);
    const lost = lostOf([...added.fixed.values(), ...derived], document);
    const problems = [
      ...added.faults.map((message) => ({ path: object.node.path, message })),
      ...idle.map((change) => idleProblem(object, change)),
      ...lost.map((pointer) => lostProblem(object, pointer)),
    ];
    if (problems.length > 0) throw new SpecError(problems);
    return process.env.CDK8S_DISABLE_SORT ? document : withSortedFields(document);
  };
  return added;
}

/** Whether it found something to change. */
function apply(document: object, change: Refinement): boolean {
  const places = placesOf(document, change.pointer, change.op !== 'remove');
  // From the end, since what is taken out of a list moves up those behind it.
  let found = false;
  for (const place of places.reverse()) {
    found ||= change.op !== 'remove' || read(place) !== undefined;
    if (change.op === 'remove') take(place);
    else if (change.op === 'set' || read(place) === undefined) write(place, copy(change.value));
  }
  return found;
}

/** One that found nothing and is not already missed in what is written. */
function isIdle(change: Refinement): boolean {
  return exact.has(change) && (change.op === 'remove' || change.pointer.includes('/*'));
}

function idleProblem(object: ApiObject, { op, pointer }: Refinement): TreeProblem {
  return {
    path: object.node.path,
    message:
      `refinement ${op}('${pointer}') must find something in the ${object.kind} that is written, got nothing there. ` +
      'Correct the pointer, or leave it out.',
  };
}

function arrived(document: JsonObject, change: Refinement): boolean {
  const places = placesOf(document, change.pointer, false);
  if (change.op === 'remove') return places.every((place) => isGone(place, change.pointer));
  const found = places.map(read);
  if (found.length === 0) return change.pointer.includes('/*');
  if (change.op === 'fill') return found.every((value) => value !== undefined);
  return found.every((value) => isSame(value, change.value));
}

/** Where an element of a list was taken out by its index, the next one stands. */
function isGone(place: Place, pointer: string): boolean {
  return read(place) === undefined || (Array.isArray(place.parent) && pointer.endsWith(`/${place.key}`));
}
