/** Kinds of objects that pods are made from. */
export type WorkloadKind = 'Pod' | 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob';

/** JSON pointer of the pod's spec in a document of a kind. */
export function podPointer(kind: WorkloadKind): string {
  switch (kind) {
    case 'Pod':
      return '/spec';
    case 'CronJob':
      return '/spec/jobTemplate/spec/template/spec';
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return '/spec/template/spec';
    default:
      return kind satisfies never;
  }
}
