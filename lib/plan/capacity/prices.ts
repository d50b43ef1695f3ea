/** What nodes cost. Capstan knows no prices: they are the user's own. */
export interface PriceList {
  /** Currency of the prices, such as `EUR`. */
  readonly currency: string;
  /** What a price is for: a node that runs this long. */
  readonly per: 'hour' | 'month';
  /** Price of one node, by the type of its machine, or by the name of its pool, which counts first. */
  readonly prices: Readonly<Record<string, number>>;
}

/** Price of one node of a pool; `undefined` when the list has none. */
export function priceOf(
  { prices }: PriceList,
  { name, machine = '' }: { readonly name: string; readonly machine?: string },
): number | undefined {
  for (const key of [name, machine]) if (Object.hasOwn(prices, key)) return prices[key];
  return undefined;
}
