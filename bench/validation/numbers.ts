import { median } from '../page';

/** What a case is compared in: tasks/s, bytes and seconds. */
export interface Numbers {
  readonly throughput: number;
  readonly memory: number;
  readonly waitP99: number;
  readonly start: number;
  readonly drain: number;
}

/** The median of each number. */
export function medians(of: readonly Numbers[]): Numbers {
  const middle = (key: keyof Numbers) => median(of.map((it) => it[key]));
  return {
    throughput: middle('throughput'),
    memory: middle('memory'),
    waitP99: middle('waitP99'),
    start: middle('start'),
    drain: middle('drain'),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, it) => sum + it, 0) / values.length;
}

/** Variance ÷ mean². */
export function variationOf(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((it) => (it - middle) ** 2)) / middle ** 2;
}

export function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** The least value that so large a share does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = ascending(values);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
