import { writeSync } from 'node:fs';
import { SpecError } from '../../spec-error';
import type { RenderedChart } from '../documents';
import { changedTexts } from '../write-manifests';
import { baselineOf, type Manifests } from './baseline';

/** With this variable set to a folder, its manifests are compared, wherever the program writes. */
export const COMPARED_FOLDER_VARIABLE = 'CAPSTAN_COMPARED_FOLDER';

const noticed = new Set<string>();

/**
 * Compares manifests with those that are deployed as far as the last commit says.
 *
 * @returns whether there were any
 * @throws SpecError with every change that a cluster would refuse, or that would do harm in it, unless acknowledged
 */
export function compareManifests(
  charts: readonly RenderedChart[],
  { folder, files, beside }: Manifests,
): boolean {
  const elsewhere = process.env[COMPARED_FOLDER_VARIABLE] ?? '';
  const compared = elsewhere === '' ? folder : elsewhere;
  const { isThere, changed, notice } = baselineOf({ folder: compared, files, beside }, () =>
    changedTexts(compared, files, beside),
  );
  if (notice !== undefined && !noticed.has(notice)) writeSync(process.stderr.fd, `${notice}\n`);
  if (notice !== undefined) noticed.add(notice);
  // Most runs change nothing: only one that does loads what reads YAML.
  if ([...changed.values()].every((text) => text === '')) return isThere;
  const { reviewChanges } = require('./review') as typeof import('./review');
  const problems = reviewChanges(charts, changed, files);
  if (problems.length > 0) throw new SpecError(problems);
  return isThere;
}
