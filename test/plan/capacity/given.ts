import type { CapacityPool, PodTemplate } from '../../../lib/plan';

export const GIB = 2 ** 30;

/** A pool of so many nodes with 4 cores and 16 GiB each, unless it says otherwise. */
export function pool(name: string, count: number, more: Partial<CapacityPool> = {}): CapacityPool {
  return {
    name,
    labels: { pool: name },
    taints: [],
    allocatable: { cpu: 4, memory: 16 * GIB, pods: 110 },
    nodes: { min: count, max: count },
    ...more,
  };
}

/** A template of pods that ask for a core and a GiB, unless it says otherwise. */
export function template(app: string, more: Partial<PodTemplate> = {}): PodTemplate {
  return {
    workload: `Deployment studio/${app}`,
    namespace: 'studio',
    labels: { app },
    requests: { cpu: 1, memory: GIB },
    ...more,
  };
}

/** The selector of an app's pods. */
export function ofApp(app: string) {
  return [{ key: 'app', operator: 'In' as const, values: [app] }];
}
