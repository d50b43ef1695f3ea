import { type Fields, fieldsOf, objectsOf, within } from '../../plan/fields';

/** A pod, taken apart as the controls look at it. */
export interface CheckedPod {
  readonly annotations: Fields;
  readonly spec: Fields;
  /** Security context of the pod. */
  readonly context: Fields;
  readonly containers: readonly CheckedContainer[];
  /** Pods of Windows have no use for what is Linux's. */
  readonly isWindows: boolean;
}

/** A container with its security context. */
export interface CheckedContainer {
  readonly name: string;
  readonly fields: Fields;
  readonly context: Fields;
}

/** One control of the Pod Security Standards. */
export interface Control {
  /** Id of the check in k8s.io/pod-security-admission, whose code is the source. */
  readonly id: string;
  /** What breaks it, such as `hostPath volume logs`; none when the pod keeps to it. */
  violations(pod: CheckedPod): string[];
}

/** Takes a pod apart. */
export function checkedPod(spec: Fields, annotations: unknown): CheckedPod {
  const lists = [spec.initContainers, spec.containers, spec.ephemeralContainers];
  const containers = lists.flatMap(objectsOf).map((fields) => ({
    name: String(fields.name),
    fields,
    context: fieldsOf(fields.securityContext) ?? {},
  }));
  return {
    annotations: fieldsOf(annotations) ?? {},
    spec,
    context: fieldsOf(spec.securityContext) ?? {},
    containers,
    isWindows: within(spec, 'os', 'name') === 'windows',
  };
}

/** A line for each container that breaks something. */
export function eachContainer(
  pod: CheckedPod,
  broken: (container: CheckedContainer) => string | undefined,
): string[] {
  return pod.containers.flatMap((container) => {
    const what = broken(container);
    return what === undefined ? [] : `${what} of container ${container.name}`;
  });
}

/** A line for each security context, of the pod and of containers, that breaks something. */
export function eachContext(pod: CheckedPod, broken: (context: Fields) => string | undefined): string[] {
  const ofPod = broken(pod.context);
  return [
    ...(ofPod === undefined ? [] : [`${ofPod} of the pod`]),
    ...eachContainer(pod, ({ context }) => broken(context)),
  ];
}
