import type { Problem } from '../plan/problem';
import type { ClusterSpec } from '../plan/spec';

const MINOR = /^1\.(\d{1,3})$/;

/**
 * What is wrong with the versions of clusters.
 *
 * @param prop the property that says them
 */
export function checkVersions({ oldest, newest }: ClusterSpec, prop: string): Problem[] {
  const bounds = Object.entries({ oldest, newest }).filter(([, version]) => version !== undefined);
  const problems = bounds.flatMap(([bound, version]) =>
    MINOR.test(String(version))
      ? []
      : [
          {
            prop: `${prop}.${bound}`,
            wanted: 'must be a minor version such as 1.32',
            got: JSON.stringify(version),
            fix: 'Give the version without its patch.',
          },
        ],
  );
  if (problems.length > 0 || oldest === undefined || newest === undefined) return problems;
  if (minorOf(oldest) <= minorOf(newest)) return [];
  return [
    {
      prop: `${prop}.oldest`,
      wanted: `must be ${newest} (${prop}.newest) or older`,
      got: oldest,
      fix: 'Swap the two.',
    },
  ];
}

function minorOf(version: string): number {
  return Number(MINOR.exec(version)?.[1]);
}
