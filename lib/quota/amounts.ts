import type { Size } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-27';
import { byteQuantity, bytes, cores, milliQuantity } from '../workload/quantity';
import type { LimitRangeSpec, QuotaSpec, ResourceAmounts } from './props';

/** One bound: the name that Kubernetes has for it, the property of the program, and the amount. */
export interface Bound {
  readonly resource: string;
  readonly prop: string;
  /** Cores, bytes or a count. */
  readonly value: number;
  /** As the API server stores it. */
  readonly quantity: string;
}

/** The bounds of a quota. */
export function quotaBounds({ requests, limits, pods, claims, loadBalancers }: QuotaSpec): Bound[] {
  return [
    ...amountBounds(requests).map((it) => prefixed('requests', it)),
    ...size('requests.storage', 'requests.storage', requests?.storage),
    ...amountBounds(limits).map((it) => prefixed('limits', it)),
    ...count('pods', 'pods', pods),
    ...count('persistentvolumeclaims', 'claims', claims),
    ...count('services.loadbalancers', 'loadBalancers', loadBalancers),
  ];
}

/** The bounds of each container, by the field of a LimitRange. */
export function rangeBounds(range: LimitRangeSpec): Readonly<Record<RangeField, readonly Bound[]>> {
  return {
    default: amountBounds(range.default),
    defaultRequest: amountBounds(range.defaultRequest),
    max: amountBounds(range.max),
    min: amountBounds(range.min),
  };
}

/** Fields of a LimitRange that hold amounts. */
export type RangeField = 'default' | 'defaultRequest' | 'max' | 'min';

/** The bounds of each claim. */
export function claimBounds({ claim }: LimitRangeSpec): Readonly<Record<'min' | 'max', readonly Bound[]>> {
  return { min: size('storage', 'min', claim?.min), max: size('storage', 'max', claim?.max) };
}

/** Bounds as a document holds them. */
export function quantities(bounds: readonly Bound[]): Record<string, string> {
  return Object.fromEntries(bounds.map(({ resource, quantity }) => [resource, quantity]));
}

function amountBounds(amounts: ResourceAmounts | undefined): Bound[] {
  return [
    ...cpu(amounts?.cpu),
    ...size('memory', 'memory', amounts?.memory),
    ...size('ephemeral-storage', 'ephemeralStorage', amounts?.ephemeralStorage),
  ];
}

function prefixed(kind: 'requests' | 'limits', { resource, prop, ...rest }: Bound): Bound {
  return { ...rest, resource: `${kind}.${resource}`, prop: `${kind}.${prop}` };
}

function cpu(amount: Cpu | undefined): Bound[] {
  if (amount === undefined) return [];
  const value = cores(amount);
  return [{ resource: 'cpu', prop: 'cpu', value, quantity: milliQuantity(value) }];
}

function size(resource: string, prop: string, amount: Size | undefined): Bound[] {
  if (amount === undefined) return [];
  const value = bytes(amount);
  return [{ resource, prop, value, quantity: byteQuantity(value) }];
}

function count(resource: string, prop: string, value: number | undefined): Bound[] {
  return value === undefined ? [] : [{ resource, prop, value, quantity: String(value) }];
}
