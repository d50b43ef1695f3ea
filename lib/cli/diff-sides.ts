import { resolve } from 'node:path';
import { CommandError } from '../command-error';
import type { ObjectChange } from '../diff/change';
import { compareManifests } from '../diff/compare';
import { documentsOf, environmentsOf, type ManifestTexts, textsAt, textsIn } from '../diff/read-manifests';
import type { JsonObject } from '../json-value';

/** What two sets of manifests are. */
export interface Sides {
  /** How messages call what is there. */
  readonly from: string;
  /** How messages call what is to come. */
  readonly to: string;
  /**
   * Environment that both are of.
   * @default the manifests lie in no environment
   */
  readonly environment?: string;
  readonly before: readonly JsonObject[];
  readonly after: readonly JsonObject[];
}

/** What is compared with what. */
export interface WantedSides {
  /** Folder of the program. */
  readonly folder: string;
  /** Folder of the manifests that are to come, from there or absolute. */
  readonly to: string;
  /** Commit, or folder from there or absolute, of the manifests that are there. */
  readonly from: { readonly commit: string } | { readonly folder: string };
  /**
   * Only this environment.
   * @default all
   */
  readonly environment?: string | undefined;
}

/**
 * Both sides of a comparison of manifests, for each environment.
 *
 * @throws CommandError when a folder, commit or environment is not there
 */
export function sidesOf({ folder, to, from, environment }: WantedSides): Sides[] {
  const after = textsIn(resolve(folder, to));
  const before =
    'commit' in from ? textsAt(from.commit, resolve(folder, to)) : textsIn(resolve(folder, from.folder));
  const known = [...new Set([...environmentsOf(before), ...environmentsOf(after)])].sort();
  return chosen(known, environment).map((name) => ({
    from: 'commit' in from ? `${to} of ${from.commit}` : from.folder,
    to,
    ...(name !== undefined && { environment: name }),
    before: documentsOf(before, name),
    after: documentsOf(after, name),
  }));
}

/**
 * The manifests that a cluster is to have.
 *
 * @throws CommandError when it is not clear of which environment
 */
export function oneEnvironment(
  texts: ManifestTexts,
  wanted: string | undefined,
): { readonly environment: string | undefined; readonly documents: JsonObject[] } {
  const [environment, ...others] = chosen(environmentsOf(texts), wanted);
  if (others.length > 0) {
    const names = [environment, ...others].join(', ');
    throw new CommandError(
      `Say which environment the cluster is of, such as \`capstan diff ${environment}\`. Known are: ${names}.`,
    );
  }
  return { environment, documents: documentsOf(texts, environment) };
}

function chosen(known: readonly string[], wanted: string | undefined): (string | undefined)[] {
  if (wanted === undefined) return known.length === 0 ? [undefined] : [...known];
  if (known.includes(wanted)) return [wanted];
  const names = known.length === 0 ? 'The manifests are of none.' : `Known are: ${known.join(', ')}.`;
  throw new CommandError(`Unknown environment ${wanted}. ${names}`);
}

/** What of both sides differs. */
export function changesOf({ before, after }: Sides): ObjectChange[] {
  return compareManifests(before, after);
}
