import { objectsOf, within } from '../../plan/fields';
import { formatNumber, formatQuantity } from '../../plan/format';
import { quantityValue } from '../../schema/quantity';
import { nameOf } from '../objects';
import { type AmountKind, podAmount } from '../pod-resources';
import type { CheckedWorkload } from '../workloads';
import type { Quarter } from './quarter';

/** What something takes at its peak, and how that comes about: `develop: (10 + 3 in a rolling update) × 0.5 cores`. */
export interface Share {
  readonly amount: number;
  readonly reason: string;
}

/** A resource that quotas bound, as far as documents tell how much of it is taken. */
export interface Measure {
  /** Names that quotas have for it. */
  readonly pattern: RegExp;
  /** What everything takes of it. */
  shares(quarter: Quarter, bound: string): Share[];
  /** An amount for humans. */
  show(amount: number): string;
}

const bytes = (amount: number) => formatQuantity(amount, 'bytes');
const cores = (amount: number) => formatQuantity(amount, 'cores');

/** Every measure. */
export const MEASURES: readonly Measure[] = [
  { pattern: /^((requests|limits)\.)?cpu$/, shares: podShares(cores), show: cores },
  { pattern: /^((requests|limits)\.)?(memory|ephemeral-storage)$/, shares: podShares(bytes), show: bytes },
  {
    pattern: /^(count\/)?pods$/,
    shares: ({ workloads }) => workloads.map((it) => ({ amount: podsAtPeak(it), reason: podsText(it) })),
    show: formatNumber,
  },
  { pattern: /^requests\.storage$/, shares: (quarter) => claimShares(quarter, sizeOf, bytes), show: bytes },
  {
    pattern: /^(count\/)?persistentvolumeclaims$/,
    shares: (quarter) => claimShares(quarter, () => 1, formatNumber),
    show: formatNumber,
  },
  {
    pattern: /^services\.loadbalancers$/,
    shares: ({ documents }) =>
      documents
        .filter(
          ({ document }) =>
            document.kind === 'Service' && within(document, 'spec', 'type') === 'LoadBalancer',
        )
        .map((at) => ({ amount: 1, reason: `${nameOf(at)}: 1` })),
    show: formatNumber,
  },
];

/** What a bound of a quota is about: `requests.cpu` is about the CPU that pods ask for, and so is `cpu`. */
export function amountOf(bound: string): { readonly kind: AmountKind; readonly resource: string } {
  return { kind: bound.startsWith('limits.') ? 'limits' : 'requests', resource: bound.replace(/^.*\./, '') };
}

function podShares(show: (amount: number) => string) {
  return ({ workloads, defaults }: Quarter, bound: string): Share[] => {
    const { kind, resource } = amountOf(bound);
    return workloads.map((workload) => {
      const { amount } = podAmount(workload.pod, kind, resource, defaults);
      return { amount: podsAtPeak(workload) * amount, reason: `${podsText(workload)} × ${show(amount)}` };
    });
  };
}

/** Pods that nobody can count are reported by themselves. */
function podsAtPeak({ count: { most = 0, surge } }: CheckedWorkload): number {
  return most + surge;
}

function podsText({ at, count: { most = 0, surge } }: CheckedWorkload): string {
  const pods = surge === 0 ? formatQuantity(most, 'pods') : `(${most} + ${surge} in a rolling update) pods`;
  return `${nameOf(at)}: ${pods}`;
}

/** Sizes of claims; each pod of a StatefulSet has its own. */
function claimShares(
  { documents, workloads }: Quarter,
  size: (spec: unknown) => number,
  show: (amount: number) => string,
): Share[] {
  const claims = documents.filter(({ document }) => document.kind === 'PersistentVolumeClaim');
  return [
    ...claims.map((at) => {
      const each = size(at.document.spec);
      return { amount: each, reason: `${nameOf(at)}: ${show(each)}` };
    }),
    ...workloads.flatMap((workload) => {
      const templates = objectsOf(within(workload.at.document, 'spec', 'volumeClaimTemplates'));
      return templates.map(({ spec }) => {
        const each = size(spec);
        return { amount: podsAtPeak(workload) * each, reason: `${podsText(workload)} × ${show(each)}` };
      });
    }),
  ];
}

function sizeOf(spec: unknown): number {
  return quantityValue(within(spec, 'resources', 'requests', 'storage')) ?? 0;
}
