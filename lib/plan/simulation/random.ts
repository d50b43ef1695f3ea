const ROUNDS = 15;

/**
 * Random numbers that follow from a seed: the same seed gives the same numbers on every machine.
 *
 * The algorithm is sfc32 by Chris Doty-Humphrey (PractRand, public domain): 128 bits of state, of which 32 count, so
 * that every seed has a period of at least 2³². The seed fills 64 bits of the state and is mixed in by 15 rounds.
 */
export class Random {
  private a: number;
  private b: number;
  private c = 0;
  private counter = 1;
  private spareNormal: number | undefined;

  /** @param seed any number; its whole part counts, modulo 2⁶⁴ */
  constructor(seed: number) {
    const whole = Math.trunc(seed);
    this.a = whole | 0;
    this.b = Math.floor(whole / 2 ** 32) | 0;
    for (let round = 0; round < ROUNDS; round++) this.bits();
  }

  /** 32 random bits, as a whole number from 0 to 2³² − 1. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform between 0 and 1, neither of them included; 53 bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6) + 0.5) / 2 ** 53;
  }

  /** Exponential with mean 1, by inversion. */
  exponential(): number {
    return -Math.log(this.uniform());
  }

  /** Normal with mean 0 and variance 1, by the polar method (G. Marsaglia and T. A. Bray, 1964). */
  normal(): number {
    const spare = this.spareNormal;
    if (spare !== undefined) {
      this.spareNormal = undefined;
      return spare;
    }
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    this.spareNormal = y * scale;
    return x * scale;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }
}
