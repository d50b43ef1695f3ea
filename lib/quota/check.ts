import { formatNumber, formatQuantity } from '../plan/format';
import type { Problem } from '../plan/problem';
import { type Bound, claimBounds, quotaBounds, type RangeField, rangeBounds } from './amounts';
import type { LimitRangeSpec, QuotaProps } from './props';

/** Pairs of a LimitRange that the API server wants in this order. */
const ORDER: readonly (readonly [RangeField, RangeField])[] = [
  ['min', 'defaultRequest'],
  ['min', 'default'],
  ['min', 'max'],
  ['defaultRequest', 'default'],
  ['defaultRequest', 'max'],
  ['default', 'max'],
];

/** What is wrong with the bounds of a namespace. */
export function checkQuota(props: QuotaProps): Problem[] {
  const bounds = quotaBounds(props);
  return [
    ...(bounds.length === 0 && props.limitRange === undefined ? [nothing()] : []),
    ...bounds.flatMap(checkBound),
    ...(props.limitRange === undefined ? [] : checkRange(props.limitRange)),
  ];
}

function nothing(): Problem {
  return {
    prop: 'requests',
    wanted: 'must be given, or another bound',
    got: 'none',
    fix: 'Bound something, or leave the Quota out.',
  };
}

function checkBound({ prop, value, resource }: Bound): Problem[] {
  const isCount = !/cpu|memory|storage/.test(resource);
  if (Number.isFinite(value) && value >= 0 && (!isCount || Number.isSafeInteger(value))) return [];
  return [
    {
      prop,
      wanted: `must be ${isCount ? 'a whole number of 0' : '0'} or more`,
      got: formatNumber(value),
      fix: 'Give what everything in the namespace may take together.',
    },
  ];
}

function checkRange(range: LimitRangeSpec): Problem[] {
  const fields = rangeBounds(range);
  const claim = claimBounds(range);
  return [
    ...ORDER.flatMap(([low, high]) => checkOrder('limitRange', [low, fields[low]], [high, fields[high]])),
    ...checkOrder('limitRange.claim', ['min', claim.min], ['max', claim.max]),
  ];
}

type Side = readonly [field: string, bounds: readonly Bound[]];

function checkOrder(place: string, [low, lows]: Side, [high, highs]: Side): Problem[] {
  return lows.flatMap((bound) => {
    const other = highs.find(({ resource }) => resource === bound.resource);
    if (other === undefined || bound.value <= other.value) return [];
    const end = place.endsWith('claim') ? '' : `.${bound.prop}`;
    return {
      prop: `${place}.${low}${end}`,
      wanted: `must be ${shown(other)} (${place}.${high}${end}) or less`,
      got: shown(bound),
      fix: 'Lower it, or raise the other.',
    };
  });
}

function shown({ resource, value }: Bound): string {
  return formatQuantity(value, resource.endsWith('cpu') ? 'cores' : 'bytes');
}
