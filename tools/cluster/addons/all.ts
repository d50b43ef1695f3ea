import { StepError } from '../step';
import type { Addon } from './addon';
import { coredns } from './coredns';
import { keda } from './keda';
import { localPath } from './local-path';
import { netpol } from './netpol';
import { prometheus } from './prometheus';
import { prometheusAdapter } from './prometheus-adapter';
import { traefik } from './traefik';

/** Every add-on by its name, in the order in which they are started. */
export const ADDONS: Readonly<Record<string, Addon>> = {
  coredns,
  netpol,
  'local-path': localPath,
  prometheus,
  'prometheus-adapter': prometheusAdapter,
  traefik,
  // Last, since it takes over what prometheus-adapter has served.
  keda,
};

/**
 * The add-ons of these names with all that they need, in the order in which they are to be started.
 *
 * @throws StepError for a name that there is not
 */
export function withNeeds(names: readonly string[]): string[] {
  const wanted = new Set<string>();
  const take = (name: string) => {
    const addon = ADDONS[name];
    if (addon === undefined) {
      throw new StepError(`add-on must be of ${Object.keys(ADDONS).join(', ')}, got ${name}`);
    }
    wanted.add(name);
    addon.needs?.forEach(take);
  };
  names.forEach(take);
  return Object.keys(ADDONS).filter((name) => wanted.has(name));
}
