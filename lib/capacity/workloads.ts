import { type CheckedWorkload, workloadsOf } from '../check/workloads';
import type { PodTemplate, Toleration } from '../plan/capacity/pod';
import type { CapacityWorkload } from '../plan/capacity/workload';
import type { Fields } from '../plan/fields';
import { ClusterObjects } from './cluster-objects';
import { podTemplate } from './pod-template';

/** What the controller of DaemonSets lets each of its pods tolerate (`AddOrUpdateDaemonPodTolerations`). */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  ...(['not-ready', 'unreachable'] as const).map((name) => taint(name, 'NoExecute')),
  ...(['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'] as const).map((name) =>
    taint(name, 'NoSchedule'),
  ),
];

/** The workloads of a cluster with the most pods that each has, by its documents. */
export function capacityWorkloads(documents: readonly Fields[]): CapacityWorkload[] {
  const objects = new ClusterObjects(documents);
  const checked = documents.map((document) => ({ path: '', document }));
  return workloadsOf({ documents: checked, nodePools: undefined, podSecurity: {} }).map((workload) =>
    capacityWorkload(workload, objects),
  );
}

function capacityWorkload(workload: CheckedWorkload, objects: ClusterObjects): CapacityWorkload {
  const template = podTemplate(workload, objects, 'before');
  if (workload.kind === 'DaemonSet') {
    return { template: daemonTemplate(template, workload.pod), pods: 'each-node' };
  }
  const { most = 1, surge } = workload.count;
  return {
    template,
    pods: most,
    surge,
    ...(surge > 0 && { surgeTemplate: podTemplate(workload, objects, 'after') }),
  };
}

function daemonTemplate(template: PodTemplate, { hostNetwork }: Fields): PodTemplate {
  const network = hostNetwork === true ? [taint('network-unavailable', 'NoSchedule')] : [];
  return { ...template, tolerations: [...(template.tolerations ?? []), ...DAEMON_TOLERATIONS, ...network] };
}

function taint(name: string, effect: string): Toleration {
  return { key: `node.kubernetes.io/${name}`, operator: 'Exists', effect };
}
