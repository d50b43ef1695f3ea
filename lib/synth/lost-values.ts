import type { ApiObject } from 'cdk8s';
import { escapeKey } from '../json-pointer';
import type { JsonObject } from '../json-value';
import { isRefined, unrefinedDocument } from '../refine';
import type { TreeProblem } from '../spec-error';

/** A value that was given and is not written. */
interface Lost {
  readonly pointer: string;
  readonly value: unknown;
}

/**
 * A problem for each value that an object was given and that its class dropped. The classes that `cdk8s import`
 * generates know the fields of one Kubernetes version, by names of their own, and leave out or empty what is new or of
 * another form, without a word.
 *
 * @param input what the class was given, see `notingMapperInput`
 */
export function lostValueProblems(object: ApiObject, input: unknown, document: JsonObject): TreeProblem[] {
  const mapped = unrefinedDocument(object) ?? document;
  if (input === undefined || input === mapped) return [];
  const lost: Lost[] = [];
  collect(input, mapped, '', lost);
  return lost
    .filter(({ pointer }) => !isRefined(object, pointer))
    .map(({ pointer, value }) => problem(object, pointer, JSON.stringify(value)));
}

function problem(object: ApiObject, pointer: string, value: string): TreeProblem {
  return {
    path: object.node.path,
    message:
      `${pointer} must be in the ${object.kind} that is written, got ${value}, which ${object.constructor.name} drops. ` +
      `Set it on the final document: refine(object, set('${pointer}', ${value})).`,
  };
}

function collect(given: unknown, written: unknown, pointer: string, lost: Lost[]): void {
  if (given === undefined || given === null) return;
  // A union such as IntOrString is given as an object, and written as its value.
  if (written === undefined || written === null || (isCollection(written) && !isCollection(given))) {
    lost.push({ pointer, value: given });
  } else if (Array.isArray(given)) {
    const elements = Array.isArray(written) ? written : [];
    for (const [index, value] of given.entries()) {
      collect(value, elements[index], `${pointer}/${index}`, lost);
    }
  } else if (isCollection(given) && isCollection(written)) {
    for (const [key, value] of Object.entries(given)) {
      collect(value, fieldOf(written, key), `${pointer}/${escapeKey(key)}`, lost);
    }
  }
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A field by its name, or by the name that the class calls it by: `clusterIp` for `clusterIP`, `ref` for `$ref`. */
function fieldOf(record: object, key: string): unknown {
  const field = Object.getOwnPropertyDescriptor(record, key)?.value;
  if (field !== undefined) return field;
  const name = plainName(key);
  return Object.entries(record).find(([other]) => plainName(other) === name)?.[1];
}

function plainName(key: string): string {
  return key.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}
