/**
 * The two formulas of A. K. Erlang, "Solution of some Problems in the Theory of Probabilities of Significance in
 * Automatic Telephone Exchanges", 1917. Symbols, units and further sources: docs/queueing.md.
 */

/**
 * Erlang B: share of tasks that find all servers busy, when such tasks are turned away (M/M/c/c).
 *
 * By the recurrence B(0) = 1, B(n) = a·B(n−1) ÷ (n + a·B(n−1)), whose terms all lie between 0 and 1, so that neither
 * aⁿ nor n! is ever formed (R. B. Cooper, "Introduction to Queueing Theory", 2nd ed., 1981, eq. 3.14). Takes O(c) steps.
 *
 * @param servers c, a whole number of 1 or more
 * @param offered a = λ·d: servers that would be busy if none were ever missing, 0 or more
 */
export function erlangB(servers: number, offered: number): number {
  return blockedShare(servers, offered, (running) => running);
}

/**
 * Erlang C: share of tasks that have to wait (M/M/c): B ÷ (1 − ρ·(1 − B)) with ρ = a ÷ c; 1 from ρ = 1 on.
 *
 * @param servers c, a whole number of 1 or more
 * @param offered a = λ·d: servers that are busy on average, 0 or more
 */
export function erlangC(servers: number, offered: number): number {
  const utilization = offered / servers;
  if (utilization >= 1) return 1;
  return waitShare(servers, offered, (running) => running, utilization);
}

/**
 * Erlang C for servers that slow each other down: share of tasks that have to wait, where the process of births and deaths has
 * the rates `arrivalRate` and `completionRate`; in any one unit of time.
 *
 * @param utilization `arrivalRate` ÷ `completionRate(servers)`, below 1
 */
export function waitShare(
  servers: number,
  arrivalRate: number,
  completionRate: (running: number) => number,
  utilization: number,
): number {
  const blocked = blockedShare(servers, arrivalRate, completionRate);
  return blocked / (1 - utilization * (1 - blocked));
}

function blockedShare(
  servers: number,
  arrivalRate: number,
  completionRate: (running: number) => number,
): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) {
    blocked = (arrivalRate * blocked) / (completionRate(n) + arrivalRate * blocked);
  }
  return blocked;
}
