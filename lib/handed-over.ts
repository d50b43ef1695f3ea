import type { ApiObject } from 'cdk8s';

const handedOver = new WeakSet<ApiObject>();

/** Tells that the program says of a workload that its count of pods is handed over in each cluster before the next apply. */
export function markHandedOver(object: ApiObject): void {
  handedOver.add(object);
}

/** Whether a program says so. It may go on saying it: a chart may never stop writing `replicas`. */
export function isHandedOver(object: ApiObject): boolean {
  return handedOver.has(object);
}
