import { CLUSTER_PODS_MAX } from '../plan/kubernetes';

/**
 * Longest name: the controller labels pods with NAME, a dash and up to 10 characters that tell revisions apart, and a
 * label has at most 63.
 */
export const STATEFUL_NAME_MAX = 52;

/** Name of the headless Service, which gives each member a name in DNS. */
export function headlessName(name: string): string {
  return `${name}-headless`;
}

/** Ordinals of a service's members, from 0; none where the plan refuses the number of members. */
export function ordinals(replicas: number): number[] {
  const isLegal = replicas >= 1 && replicas <= CLUSTER_PODS_MAX;
  return Array.from({ length: isLegal ? replicas : 0 }, (_, ordinal) => ordinal);
}

/** Name of the server's container. */
export const SERVER = 'server';
