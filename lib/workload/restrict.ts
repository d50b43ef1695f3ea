import type { AbstractPod } from 'cdk8s-plus-27';
import { fill, refine } from '../refine';
import { workloadKind } from './pod-of-document';
import { podPointer } from './pod-pointer';

/**
 * Adds what a workload of cdk8s-plus lacks for Pod Security *restricted*, where nothing is said: no capabilities, the
 * runtime's seccomp profile, and no way to more rights. What it says otherwise stays.
 *
 * ```ts
 * restrict(new Deployment(this, 'front', { containers: [{ image: 'registry.example.com/front:1' }] }));
 * ```
 */
export function restrict<T extends AbstractPod>(workload: T): T {
  const kind = workloadKind({ kind: workload.kind });
  if (kind === undefined) return workload;
  const pod = podPointer(kind);
  refine(
    workload,
    fill(`${pod}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
    ...['containers', 'initContainers'].flatMap((list) => [
      fill(`${pod}/${list}/*/securityContext/capabilities/drop`, ['ALL']),
      fill(`${pod}/${list}/*/securityContext/allowPrivilegeEscalation`, false),
    ]),
  );
  return workload;
}
