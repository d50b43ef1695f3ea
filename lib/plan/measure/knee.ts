import { fisherTail, studentFactor } from './distributions';
import type { Interval } from './interval';
import { fitLine, type Point, squaresAroundMean, straightLine } from './least-squares';

/** Where a curve that was flat begins to rise. */
export interface Knee {
  /** The x at which it does. */
  readonly at: Interval;
  /** y before it. */
  readonly level: Interval;
  /** Power of x by which y rises beyond it: with 1, y doubles where x does. */
  readonly power: Interval;
}

/** A rise that comes by chance in one of so many measurements is none. */
const CHANCE = 0.01;

/** A rise over the whole curve of less than this share of its level matters to nobody. */
const LEAST_RISE = 0.1;

/** Places between two measured x at which a knee is looked for. */
const STEPS = 16;

/**
 * Finds where a curve that is flat at first begins to rise: y = a·max(1, x ÷ k)^b, the least squares of the logarithms over
 * all k between the measured x, as errors grow with y. The knee counts when it explains more than chance would (Fisher's F
 * for two more numbers, 1 in 100) and the curve rises by a tenth. The interval of k is that of its likelihood: all k that
 * leave at most 1 + t² ÷ (n − 3) times the squares (D. V. Hinkley, "Inference in two-phase regression", Journal of the
 * American Statistical Association 66, 1971).
 *
 * @param points four or more above 0, at two different x or more; more tell the knee from chance
 * @returns `undefined` when there is no such rise, or too few points to know
 */
export function findKnee(points: readonly Point[]): Knee | undefined {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const places = [...new Set(logs.map(({ x }) => x))].sort((a, b) => a - b);
  const free = points.length - 3;
  if (free < 1 || places.length < 2) return undefined;
  const fits = candidates(places).map((at) => ({ at, ...straightLine(hinge(logs, at)) }));
  const best = fits.reduce((least, it) => (it.residualSquares < least.residualSquares ? it : least));
  const rise = best.slope * ((places.at(-1) ?? 0) - best.at);
  if (rise < Math.log1p(LEAST_RISE) || !isMoreThanChance(logs, best.residualSquares, free)) return undefined;
  const line = fitLine(hinge(logs, best.at));
  return { at: exponential(likely(fits, best, free)), level: exponential(line.intercept), power: line.slope };
}

interface Fit {
  readonly at: number;
  readonly residualSquares: number;
}

/** All knees that are about as likely as the best one, and one step further, as only those between steps were looked at. */
function likely(fits: readonly Fit[], best: Fit, free: number): Interval {
  const bound = best.residualSquares * (1 + studentFactor(free) ** 2 / free);
  const isLikely = fits.map(({ residualSquares }) => residualSquares <= bound);
  const at = (index: number) => fits[Math.min(fits.length - 1, Math.max(0, index))]?.at ?? best.at;
  return { value: best.at, low: at(isLikely.indexOf(true) - 1), high: at(isLikely.lastIndexOf(true) + 1) };
}

function hinge(points: readonly Point[], at: number): Point[] {
  return points.map(({ x, y }) => ({ x: Math.max(0, x - at), y }));
}

function isMoreThanChance(points: readonly Point[], residualSquares: number, free: number): boolean {
  const explained = squaresAroundMean(points) - residualSquares;
  if (!(explained > 0)) return false;
  return fisherTail(explained / 2 / (residualSquares / free), [2, free]) < CHANCE;
}

/** The measured x but the last, beyond which nothing was seen, and places between them. */
function candidates(places: readonly number[]): number[] {
  return places.slice(0, -1).flatMap((from, index) => {
    const to = places[index + 1] ?? from;
    return Array.from({ length: STEPS }, (_, step) => from + ((to - from) * step) / STEPS);
  });
}

function exponential({ value, low, high }: Interval): Interval {
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}
