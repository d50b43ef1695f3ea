import type { AcknowledgedRule } from '../../acknowledge';
import type { JsonObject } from '../../json-value';
import type { Problem } from '../../plan/problem';
import type { Identity } from '../identity';

/** An object that is in the committed manifests and in those to be written. */
export interface ChangedObject {
  readonly identity: Identity;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** A change that a cluster would refuse, or that would do harm in it. */
export interface Hazard {
  readonly rule: AcknowledgedRule;
  readonly problem: Problem;
}

/** How a problem names its rule. */
export function wayOut(rule: AcknowledgedRule): string {
  return `acknowledge(object, '${rule}', reason)`;
}
