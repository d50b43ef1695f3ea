import type { ObjectChange } from '../diff/change';
import { pathOf } from '../diff/field-changes';
import { type DiffStyle, diffSummary, diffText } from '../diff/text';
import type { JsonObject } from '../json-value';
import { paintFor } from '../terminal/paint';
import { asJson } from './output';

/** Two sides, and what differs. */
export interface Comparison {
  readonly from: string;
  readonly to: string;
  /** @default no environment */
  readonly environment?: string;
  /** All documents that are to come. */
  readonly after: readonly JsonObject[];
  readonly changes: readonly ObjectChange[];
  /** Objects that the cluster refuses, and why. */
  readonly refused: readonly { readonly object: string; readonly why: string }[];
}

/** Comparisons for people. */
export function comparisonsAsText(comparisons: readonly Comparison[], style: DiffStyle): string {
  return comparisons.map((it) => asText(it, style)).join('\n\n');
}

function asText({ from, to, environment, after, changes, refused }: Comparison, style: DiffStyle): string {
  const paint = paintFor(style.colors);
  const place = environment === undefined ? to : `${to}/${environment}`;
  const count =
    changes.length === 0 ? 'no difference' : `${changes.length} of ${after.length} objects differ`;
  const title = `${paint('bold', place)} beside ${from}: ${count}`;
  const parts = [title, diffText(changes, style), refusedText(refused, style)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function refusedText(refused: Comparison['refused'], { colors }: DiffStyle): string {
  if (refused.length === 0) return '';
  const paint = paintFor(colors);
  const lines = refused.map(({ object, why }) => `  ${paint('bold', object)}\n      ${why}`);
  return [`${paint('red', 'refused')}  ${paint('dim', 'the cluster does not take them')}`, ...lines].join(
    '\n',
  );
}

/** Comparisons as a list, fields with their paths. */
export function comparisonsAsJson(comparisons: readonly Comparison[]): string {
  return asJson(
    comparisons.map(({ from, to, environment, changes, refused }) => ({
      from,
      to,
      ...(environment !== undefined && { environment }),
      summary: diffSummary(changes),
      objects: changes.map(({ identity, change, effect, why, fields }) => ({
        ...identity,
        change,
        effect,
        why,
        fields: fields.map((field) => ({
          path: pathOf(field),
          was: field.was ?? null,
          is: field.is ?? null,
        })),
      })),
      refused,
    })),
  );
}
