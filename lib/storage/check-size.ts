import { formatNumber } from '../plan/format';
import type { Problem } from '../plan/problem';

/** What is wrong with the size of a volume. */
export function checkSize(prop: string, size: number): Problem[] {
  if (size > 0 && Number.isFinite(size)) return [];
  return [
    {
      prop,
      wanted: 'must be more than 0',
      got: `${formatNumber(size)} B`,
      fix: 'Give the size of the volume.',
    },
  ];
}
