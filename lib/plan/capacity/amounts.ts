/**
 * Amounts of resources by the names that Kubernetes has for them: `cpu` in cores, `memory` and `ephemeral-storage` in
 * bytes, `pods` and extended resources such as `nvidia.com/gpu` counted.
 */
export type Amounts = Readonly<Record<string, number>>;

/** Where the amounts of these two stand in every vector. */
export const CPU = 0;
export const MEMORY = 1;

/** Resources that every vector has, and where. */
const ALWAYS = ['cpu', 'memory'];

/** The resources of some amounts, cpu and memory first; pods are counted by themselves. */
export function resourceNames(amounts: Iterable<Amounts>): readonly string[] {
  const names = new Set(ALWAYS);
  for (const one of amounts) for (const name of Object.keys(one)) names.add(name);
  names.delete('pods');
  return [...names];
}

/** Amounts as the scheduler counts them: cpu in thousandths of a core, everything rounded up to whole numbers. */
export function vectorOf(amounts: Amounts, names: readonly string[]): Float64Array {
  return Float64Array.from(names, (name) => whole(name, amounts[name] ?? 0));
}

/** The thousandths of a sum such as 0.1 + 0.2 cores are what was meant, not one more. */
const EXACT = 1e6;

function whole(name: string, amount: number): number {
  const value = name === 'cpu' ? amount * 1000 : amount;
  return Math.ceil(Math.round(value * EXACT) / EXACT);
}

/** The sum of some amounts. */
export function sumOf(amounts: Iterable<Amounts>): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const one of amounts)
    for (const [name, amount] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
}

/** Whether amounts of a resource are bytes. */
export function isBytes(name: string): boolean {
  return name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-');
}
