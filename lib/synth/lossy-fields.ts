import { ApiObject } from 'cdk8s';
import { escapeKey } from '../json-pointer';
import { isRefined } from '../refine';
import type { TreeProblem } from '../spec-error';

/** Where null is a text like any other to a cluster, and not the absence of a field. */
const MAPS = /^\/(?:data|stringData|binaryData|metadata\/(?:labels|annotations))\/[^/]+$/;

/** A field that cdk8s cannot render. */
interface Lossy {
  readonly pointer: string;
  readonly got: string;
  readonly value: unknown;
  /** Whether rendering fails for it. */
  readonly fails: boolean;
}

/** What cdk8s would lose of an object, or stumble over. */
export interface LossyFields {
  readonly problems: readonly TreeProblem[];
  /** Whether the object can be rendered all the same. */
  readonly renders: boolean;
}

/**
 * A problem for each field of a plain object that cdk8s drops or stumbles over, before it renders it: null in a kind of
 * which no schema is known (in a known one it says that the field is absent), and fields by the names `__proto__` and
 * `constructor`.
 *
 * @param isKnownKind whether there is a schema of the object's kind
 */
export function lossyFields(object: ApiObject, isKnownKind: () => boolean): LossyFields {
  // What the classes of cdk8s-plus and `cdk8s import` are given is checked when it is mapped.
  const isPlain = object.constructor === ApiObject;
  const found = isPlain ? fieldsOf((object as unknown as { props: unknown }).props, '', new Set()) : [];
  const lossy = found.filter(
    ({ pointer, fails, value }) =>
      fails || !(isRefined(object, pointer) || (value === null && isAbsence(pointer, isKnownKind))),
  );
  return {
    problems: [...(isPlain ? madeUpName(object) : []), ...lossy.map((field) => problem(object, field))],
    renders: !lossy.some(({ fails }) => fails),
  };
}

/** cdk8s writes a name of its own beside `generateName`, which then does nothing; and apply refuses it without one. */
function madeUpName(object: ApiObject): TreeProblem[] {
  const { metadata } = (
    object as unknown as { props: { metadata?: { name?: unknown; generateName?: unknown } } }
  ).props;
  if (metadata?.generateName === undefined || metadata.name !== undefined) return [];
  const message =
    `/metadata/generateName must come with a name, got ${JSON.stringify(metadata.generateName)} alone: ` +
    'an apply makes no names, and cdk8s writes one of its own. Give metadata.name instead.';
  return [{ path: object.node.path, message }];
}

/** Metadata and status are of one form in every kind. */
function isAbsence(pointer: string, isKnownKind: () => boolean): boolean {
  if (MAPS.test(pointer)) return false;
  return /^\/(?:metadata|status)(?:\/|$)/.test(pointer) || isKnownKind();
}

function problem(object: ApiObject, { pointer, got, value, fails }: Lossy): TreeProblem {
  const set = `refine(object, set('${pointer}', ${shown(value)}))`;
  const fix = fails
    ? `Take it out there, and set it on the final document: ${set}.`
    : `Leave it out, or set it on the final document: ${set}.`;
  return {
    path: object.node.path,
    message: `${pointer} must be in the ${object.kind} that is written, got ${got}, which cdk8s ${fails ? 'cannot render' : 'drops'}. ${fix}`,
  };
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? '…' : (JSON.stringify(value) ?? '…');
}

/** @param around objects that this one is in: one that holds itself is not walked again */
function fieldsOf(value: unknown, pointer: string, around: ReadonlySet<object>): Lossy[] {
  if (!isData(value) || around.has(value)) return [];
  const inner = new Set(around).add(value);
  return Object.entries(value).flatMap(([key, field]: [string, unknown]) => {
    const place = `${pointer}/${escapeKey(key)}`;
    if (Array.isArray(value)) return fieldsOf(field, place, inner);
    if (key === '__proto__')
      return [{ pointer: place, got: 'a field of this name', value: field, fails: false }];
    if (key === 'constructor')
      return [{ pointer: place, got: 'a field of this name', value: field, fails: true }];
    if (field === null) return [{ pointer: place, got: 'null', value: null, fails: false }];
    return fieldsOf(field, place, inner);
  });
}

/** A list, or an object that was made by no class: what others render to is their own. */
function isData(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
