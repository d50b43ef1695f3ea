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
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked);
  return blocked;
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
  const blocked = erlangB(servers, offered);
  return blocked / (1 - utilization * (1 - blocked));
}
