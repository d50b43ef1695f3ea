import type { JsonObject } from '../json-value';
import type { Identity } from '../synth/identity';
import type { FieldChange } from './field-changes';

/** What a change does to pods that run, from the least to the most. */
export const EFFECTS = ['nothing', 'resize', 'restart', 'replace'] as const;

/**
 * One of {@link EFFECTS}.
 *
 * - `nothing`: pods go on as they are.
 * - `resize`: there are more or fewer of them, or they get other resources while they run.
 * - `restart`: they are rolled, by the workload's own strategy.
 * - `replace`: the object that they belong to comes, goes, or has to be deleted and made anew.
 */
export type Effect = (typeof EFFECTS)[number];

/** What happens to an object. */
export type ChangeKind = 'added' | 'changed' | 'removed';

/** An object that differs, before anybody has judged what that does. */
export interface ObjectPair {
  readonly identity: Identity;
  /** @default it is new */
  readonly before?: JsonObject;
  /** @default it goes */
  readonly after?: JsonObject;
  /** Where they differ; empty for an object that comes or goes. */
  readonly fields: readonly FieldChange[];
  /**
   * Whether a cluster has said that it never changes these fields.
   * @default what is known of its kind decides
   */
  readonly isFixed?: boolean;
}

/** An object that differs, and what that does to pods that run. */
export interface ObjectChange {
  /** What messages call it: `Deployment darkroom/develop`. */
  readonly object: string;
  readonly identity: Identity;
  readonly change: ChangeKind;
  readonly effect: Effect;
  /** What happens, a sentence each, what does most first. */
  readonly why: readonly string[];
  /** Where it differs; empty for an object that comes or goes. */
  readonly fields: readonly FieldChange[];
}

/** What messages call an object. */
export function titleOf({ kind, namespace, name }: Identity): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Whether one effect does more than another. */
export function isMore(one: Effect, other: Effect): boolean {
  return EFFECTS.indexOf(one) > EFFECTS.indexOf(other);
}
