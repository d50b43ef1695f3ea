/**
 * What stands at a place of a list that is known to be there.
 *
 * @throws RangeError when nothing does
 */
export function at<T>(list: { readonly [index: number]: T; readonly length: number }, index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`nothing at ${index} of ${list.length}`);
  return found;
}
