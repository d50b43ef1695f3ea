import { type Fields, fieldsOf, objectsOf, within } from '../plan/fields';
import { quantityValue } from '../schema/quantity';

/** What pods ask for (`requests`) and are held to (`limits`). */
export type AmountKind = 'requests' | 'limits';

/** What a LimitRange gives to containers that say nothing. */
export interface ContainerDefaults {
  readonly requests: Fields;
  readonly limits: Fields;
}

/**
 * An amount of a whole pod, as the scheduler and quotas count it: all containers that run side by side, or a container
 * that runs before them when it takes more.
 *
 * @returns the names of the containers that say nothing where one of them does
 */
export function podAmount(
  pod: Fields,
  kind: AmountKind,
  resource: string,
  defaults: ContainerDefaults,
): { readonly amount: number; readonly silent: readonly string[] } {
  const ofPod = quantityValue(within(pod, 'resources', kind, resource));
  if (ofPod !== undefined) return { amount: ofPod, silent: [] };
  const silent: string[] = [];
  const amountOf = (container: Fields) => {
    const amount = containerAmount(container, kind, resource, defaults);
    if (amount === undefined) silent.push(String(container.name));
    return amount ?? 0;
  };
  let together = 0;
  let before = 0;
  for (const container of objectsOf(pod.initContainers)) {
    const amount = amountOf(container);
    // A sidecar starts here and stays.
    if (container.restartPolicy === 'Always') together += amount;
    before = Math.max(before, together + (container.restartPolicy === 'Always' ? 0 : amount));
  }
  for (const container of objectsOf(pod.containers)) together += amountOf(container);
  const overhead = quantityValue(within(pod, 'overhead', resource)) ?? 0;
  return { amount: Math.max(together, before) + overhead, silent };
}

/** An amount of one container; a limit without a request is the request as well, as the API server has it. */
export function containerAmount(
  container: Fields,
  kind: AmountKind,
  resource: string,
  defaults: ContainerDefaults,
): number | undefined {
  const own = (name: AmountKind) => quantityValue(within(container, 'resources', name, resource));
  const limit = own('limits') ?? quantityValue(defaults.limits[resource]);
  if (kind === 'limits') return limit;
  return own('requests') ?? own('limits') ?? quantityValue(defaults.requests[resource]) ?? limit;
}

/** What the LimitRanges of a namespace give to containers. */
export function defaultsOf(ranges: readonly Fields[]): ContainerDefaults {
  const limits = ranges.flatMap((range) => objectsOf(within(range, 'spec', 'limits')));
  const ofContainers = limits.filter(({ type }) => type === 'Container');
  const merged = (field: string) =>
    Object.assign({}, ...ofContainers.map((entry) => fieldsOf(entry[field]) ?? {}));
  return { requests: merged('defaultRequest'), limits: merged('default') };
}
