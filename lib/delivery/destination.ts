/** The cluster that Argo CD runs in, by the name that it gives it. */
export const IN_CLUSTER = 'in-cluster';

/** A cluster as Argo CD is told: by name, or by the URL of its API server. */
export type Destination = { readonly name: string } | { readonly server: string };

/** Whether a cluster is given by the URL of its API server. */
export function isServer(cluster: string): boolean {
  return /^https?:\/\//.test(cluster);
}

/** How Argo CD is told which cluster is meant. */
export function destinationOf(cluster: string = IN_CLUSTER): Destination {
  return isServer(cluster) ? { server: cluster } : { name: cluster };
}
