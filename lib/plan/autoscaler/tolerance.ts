import type { SettledSettings } from './settings';
import type { AutoscalerSpec } from './spec';

/** The ratios of a metric to its target between which the count stays, both included. */
export interface Tolerance {
  readonly least: number;
  readonly most: number;
}

/** The tolerance of an autoscaler, in the doubles that the controller compares with (`Tolerances.isWithin`). */
export function toleranceOf({ behavior }: AutoscalerSpec, settings: SettledSettings): Tolerance {
  const own = settings.configurableTolerance ? behavior : undefined;
  const { tolerance } = settings;
  return {
    least: 1 - (own?.scaleDown.tolerance ?? tolerance),
    most: 1 + (own?.scaleUp.tolerance ?? tolerance),
  };
}

/** Whether a ratio is near enough to 1; never so for NaN. */
export function isWithin({ least, most }: Tolerance, ratio: number): boolean {
  return least <= ratio && ratio <= most;
}
