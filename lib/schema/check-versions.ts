import type { ShapeRules, Versions } from './shape';
import { listVersions, type Span } from './versions';
import type { Check, Walk } from './walk';

/**
 * What is wrong with a field for the versions at hand, whatever its value; `undefined` when all of them have it.
 *
 * @throws Error when a range has no end in the tables
 */
export function absenceCheck(shape: ShapeRules, span: Span): Check | undefined {
  if (shape.in !== undefined && span.outside(shape.in).length > 0) {
    const ranges = shape.in;
    return (_, walk) => addAbsence(walk, 'a field', ranges, span);
  }
  const { gates, on } = shape;
  if (gates === undefined || span.hasGates(gates)) return undefined;
  const off = on === undefined ? span.minors : span.outside(on);
  return off.length === 0 ? undefined : (_, walk) => addGate(walk, gates, off, on);
}

/** Adds that something is not in all of the versions. */
export function addAbsence(walk: Walk, noun: string, ranges: Versions, span: Span): void {
  walk.add('version', { wanted: `must be ${noun} of all of ${span}`, ...absence(ranges, span) });
}

/** Since when or until when there is something, as the end of a problem. */
export function absence(ranges: Versions, span: Span): { readonly got: string; readonly fix: string } {
  const since = ranges.split(',').at(-1)?.split('..')[0] ?? '';
  const until = ranges.split('..').at(-1) ?? '';
  const isNewer = since !== '' && span.outside(`${since}..`).length > 0;
  if (until !== '' && span.outside(`..${until}`).length > 0) {
    return isNewer
      ? { got: `one of ${listVersions([...new Set([since, until])])} only`, fix: 'Leave it out.' }
      : {
          got: `one that ended with ${until}`,
          fix: `Leave it out, or set kubernetes.newest to ${until}.`,
        };
  }
  return {
    got: `one that came with ${since}`,
    fix: `Leave it out, or raise kubernetes.oldest to ${since}.`,
  };
}

function addGate(
  walk: Walk,
  gates: readonly string[],
  off: readonly string[],
  on: Versions | undefined,
): void {
  const names = gates.join(' and ');
  const since = on?.split(',').at(-1)?.split('..')[0];
  walk.add('gate', {
    wanted: 'must be a field that no cluster drops',
    got: `one that Kubernetes ${listVersions(off)} drops unless the feature gate ${names} is on`,
    fix:
      `Leave it out, ${since === undefined || since === '' ? '' : `raise kubernetes.oldest to ${since}, `}` +
      `or turn the gate on in all clusters and name it in kubernetes.featureGates.`,
  });
}
