import { type Fields, numberAt, objectsOf, within } from '../plan/fields';
import type { Figure } from '../plan/figure';
import { formatQuantity } from '../plan/format';
import { quantityValue } from '../schema/quantity';
import type { Scaling } from './scaling';
import type { Slots } from './slots';
import type { WorkloadView } from './view';

/** A plan, of a worker or a service. */
export interface StatusPlan {
  readonly figures: Readonly<Partial<Record<string, Figure>>>;
}

/** A number of the plan that is another one in the cluster. */
export interface Deviation {
  /** Name of the figure. */
  readonly figure: string;
  /** For people, as `live`. */
  readonly planned: string;
  readonly live: string;
}

/** Numbers of the plan that are others in the cluster: somebody changed them, or the plan is not deployed yet. */
export function deviations(
  plan: StatusPlan,
  view: WorkloadView,
  scaling: Scaling | undefined,
  slots: Slots | undefined,
): Deviation[] {
  const pod = within(view.workload, 'spec', 'template', 'spec');
  const container = objectsOf(within(pod, 'containers')).find((it) => within(it, 'resources') !== undefined);
  const live: Readonly<Record<string, number | undefined>> = {
    poolSlots: slots?.unit === 'tasks' ? slots.all / slots.pods : undefined,
    minReplicas: scaling?.min,
    maxReplicas: scaling?.max,
    gracePeriod: numberAt(pod, 'terminationGracePeriodSeconds'),
    cpuRequest: resource(container, 'requests', 'cpu'),
    cpuLimit: resource(container, 'limits', 'cpu'),
    memoryRequest: resource(container, 'requests', 'memory'),
    memoryLimit: resource(container, 'limits', 'memory'),
    minReadySeconds: numberAt(view.workload, 'spec', 'minReadySeconds'),
  };
  return Object.entries(live).flatMap(([name, value]): Deviation[] => {
    const figure = plan.figures[name];
    if (figure === undefined || value === undefined || isNear(figure.value, value)) return [];
    const shown = (it: number) => formatQuantity(it, figure.unit);
    return [{ figure: name, planned: shown(figure.value), live: shown(value) }];
  });
}

/** Quantities are written in steps. */
function isNear(planned: number, live: number): boolean {
  return Math.abs(planned - live) <= 1e-6 * Math.max(planned, live);
}

function resource(
  container: Fields | undefined,
  list: 'requests' | 'limits',
  name: string,
): number | undefined {
  return quantityValue(within(container, 'resources', list, name));
}
