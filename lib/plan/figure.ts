/** Unit of a {@link Figure}. `ratio` is dimensionless, `cores` are CPU cores, `seconds` and `bytes` are SI and IEC base units. */
export type Unit =
  | 'slots'
  | 'tasks'
  | 'tasks/s'
  | 'pods'
  | 'cores'
  | 'bytes'
  | 'seconds'
  | 'ratio'
  | 'percent'
  | 'count';

/** A derived number that can say where it comes from. */
export interface Figure {
  /** The number, in {@link unit}. */
  readonly value: number;
  /** What the number counts. */
  readonly unit: Unit;
  /** One sentence with the formula and the values that went into it, such as `16 slots × 40 ms ÷ 90 ms = 7.1 cores`. */
  readonly reason: string;
}
