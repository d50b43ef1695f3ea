import type { Random } from '../random';

/** A load of one of several shapes, between 0 and about a third more than a size. */
export function seriesOf(random: Random, steps: number, size: number): number[] {
  const shape = shapeOf(random, steps);
  const noise = random.of(0, 0, 0.02, 0.1, 0.5);
  const scale = size * random.of(0.2, 0.4, 0.6, 0.8, 1.2);
  const isWhole = random.chance(0.8);
  return Array.from({ length: Math.max(1, steps) }, (_, step) => {
    const value = Math.max(0, scale * shape(step) * (1 + noise * (2 * random.unit() - 1)));
    return isWhole ? Math.round(value) : Math.round(value * 1000) / 1000;
  });
}

function shapeOf(random: Random, steps: number): (step: number) => number {
  const from = random.whole(0, steps);
  const length = random.whole(1, Math.max(1, Math.floor(steps / 2)));
  const level = random.unit();
  const jumps = Array.from({ length: 8 }, () => random.of(0, random.unit(), 1));
  let walk = level;
  return random.of<(step: number) => number>(
    () => level,
    (step) => step / steps,
    (step) => 1 - step / steps,
    (step) => (step >= from && step < from + length ? 1 : level / 4),
    (step) => (step >= from && step < from + length ? 0 : level),
    (step) => (1 + Math.sin((2 * Math.PI * step) / length)) / 2,
    (step) => jumps[Math.floor((step / steps) * jumps.length)] ?? 0,
    () => {
      walk = Math.min(1, Math.max(0, walk + (random.unit() - 0.5) / 5));
      return walk;
    },
  );
}
