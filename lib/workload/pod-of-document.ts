import { type Fields, fieldsOf, objectsOf, within } from '../plan/fields';
import { podPointer, type WorkloadKind } from './pod-pointer';

const KINDS: readonly WorkloadKind[] = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

/** The kind of a document that pods are made from; `undefined` for every other document. */
export function workloadKind(document: Fields): WorkloadKind | undefined {
  return KINDS.find((kind) => kind === document.kind);
}

/** The spec of the pods that a document makes; `undefined` when it makes none. */
export function podOfDocument(document: Fields): Fields | undefined {
  const kind = workloadKind(document);
  return kind === undefined ? undefined : fieldsOf(within(document, ...podPointer(kind).split('/').slice(1)));
}

/** All containers of a pod, those that run first included. */
export function containersOf(pod: Fields): Fields[] {
  return [...objectsOf(pod.initContainers), ...objectsOf(pod.containers)];
}
