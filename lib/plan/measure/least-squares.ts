import { studentFactor } from './distributions';
import { around, type Interval } from './interval';

/** One measured point. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A straight line through points. */
export interface Line {
  /** y where x is 0. */
  readonly intercept: Interval;
  /** Change of y for 1 more of x. */
  readonly slope: Interval;
  /** Sum of the squares of what the line does not explain. */
  readonly residualSquares: number;
}

/**
 * The straight line y = a + b·x with the least squares of its errors in y, which are taken as independent and equally
 * large. b = Sxy ÷ Sxx, a = ȳ − b·x̄; standard errors s ÷ √Sxx and s·√(1 ÷ n + x̄² ÷ Sxx), s² = the squares that are left
 * ÷ (n − 2); intervals by Student's distribution (N. R. Draper and H. Smith, "Applied Regression Analysis", 3rd ed.,
 * section 1.4).
 *
 * @throws RangeError with less than three points, and when all have the same x
 */
export function fitLine(points: readonly Point[]): Line {
  const count = points.length;
  const { intercept, slope, residualSquares, meanX, xx } = straightLine(points);
  const deviation = Math.sqrt(residualSquares / (count - 2));
  const factor = studentFactor(count - 2);
  return {
    intercept: around(intercept, factor * deviation * Math.sqrt(1 / count + meanX ** 2 / xx)),
    slope: around(slope, (factor * deviation) / Math.sqrt(xx)),
    residualSquares,
  };
}

/** The same line without intervals, which take the most time. */
export function straightLine(points: readonly Point[]) {
  const count = points.length;
  if (count < 3) throw new RangeError(`a line needs three points or more, got ${count}`);
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  const xx = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(xx > 0)) throw new RangeError('a line needs points at two places or more, got one');
  const xy = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const slope = xy / xx;
  const intercept = meanY - slope * meanX;
  const residualSquares = points.reduce((sum, { x, y }) => sum + (y - intercept - slope * x) ** 2, 0);
  return { intercept, slope, residualSquares, meanX, xx };
}

/** Sum of the squares around the mean: what is left without any line. */
export function squaresAroundMean(points: readonly Point[]): number {
  const mean = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  return points.reduce((sum, { y }) => sum + (y - mean) ** 2, 0);
}
