/** Lanczos' coefficients for g = 7. */
const LANCZOS = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_59, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
  1.505_632_735_149_311_6e-7,
];

const TINY = 1e-300;
const PRECISION = 1e-14;
const MOST_ROUNDS = 500;

/**
 * Half of the width of a confidence interval in standard errors: Student's distribution, both tails.
 *
 * @param degrees degrees of freedom, 1 or more
 * @param confidence such as 0.95, from 0 to below 1
 */
export function studentFactor(degrees: number, confidence = 0.95): number {
  const tail = (t: number) => incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  let low = 0;
  let high = 1;
  while (tail(high) > 1 - confidence) high *= 2;
  for (let round = 0; round < 80; round++) {
    const middle = (low + high) / 2;
    if (tail(middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Probability that a ratio of variances is this large or larger by chance: the upper tail of Fisher's distribution.
 *
 * @param f the ratio, 0 or more
 * @param degrees degrees of freedom above and below the line, 1 or more each
 */
export function fisherTail(f: number, [above, below]: readonly [number, number]): number {
  return incompleteBeta(below / (below + above * f), below / 2, above / 2);
}

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (NIST DLMF 8.17.22, by Lentz's method). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on one side of the mean; I_x(a, b) = 1 − I_(1−x)(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(front) * betaFraction(x, a, b)) / a;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / atLeastTiny(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MOST_ROUNDS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / atLeastTiny(1 + term * d);
      c = atLeastTiny(1 + term / c);
      change = c * d;
      fraction *= change;
    }
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return fraction;
}

function atLeastTiny(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** ln Γ(z) for z > 0 (C. Lanczos, 1964, coefficients by P. Godfrey); 15 digits. */
function logGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const x = z - 1;
  const t = x + 7.5;
  const sum = LANCZOS.reduce(
    (all, coefficient, n) => all + (n === 0 ? coefficient : coefficient / (x + n)),
    0,
  );
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}
