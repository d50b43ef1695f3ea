import type { Chart } from 'cdk8s';
import { PriorityClass } from '../../../lib';

/** A class of the environment's own: the clusters' objects have no namespaces to keep them apart. */
export function add(chart: Chart): void {
  new PriorityClass(chart, `${chart.namespace}-batch`, { value: -100, preempts: 'never' });
}
