import { Random } from '../../lib/plan';

/** Times in seconds at which so many tasks come, independently of each other (Poisson), at a rate in tasks/s. */
export function poissonTimes(rate: number, tasks: number, seed: number): number[] {
  const random = new Random(seed);
  let now = 0;
  return Array.from({ length: tasks }, () => {
    now += random.exponential() / rate;
    return now;
  });
}

/** The same one after the same time each. */
export function regularTimes(rate: number, tasks: number): number[] {
  return Array.from({ length: tasks }, (_, index) => index / rate);
}
