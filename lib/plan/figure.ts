import { formatQuantity } from './format';
import type { Unit } from './unit';

/** A derived number that can say where it comes from. */
export interface Figure {
  /** The number, in {@link unit}. */
  readonly value: number;
  /** What the number counts. */
  readonly unit: Unit;
  /** One sentence with the formula and the values that went into it, such as `16 slots × 40 ms ÷ 90 ms = 7.11 cores`. */
  readonly reason: string;
}

/** The value of a figure for humans, such as `1094 MiB`. */
export function formatFigure(figure: Figure): string {
  return formatQuantity(figure.value, figure.unit);
}

/**
 * Makes a figure whose reason is written around its own value, so that the two cannot differ.
 *
 * @param reason gets the value as {@link formatFigure} shows it
 */
export function figure(value: number, unit: Unit, reason: (shown: string) => string): Figure {
  return { value, unit, reason: reason(formatQuantity(value, unit)) };
}
