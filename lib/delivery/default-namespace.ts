import type { AppProject } from './app-project';
import { IN_CLUSTER, isServer } from './destination';
import { matches } from './patterns';
import type { ArgoDelivery } from './props';

/**
 * The namespaces of a project, patterns among them, for one cluster; for all when none is named. A name and a URL may be
 * the same cluster, which is not known here.
 */
export function namespacesFor({ destinations }: AppProject, cluster?: string): string[] {
  const mayBe = (other: string) =>
    cluster === undefined || isServer(other) !== isServer(cluster) || matches(other, cluster) !== false;
  return destinations.filter((it) => mayBe(it.cluster ?? IN_CLUSTER)).flatMap(({ namespaces }) => namespaces);
}

/**
 * Namespace of an Application's destination. Argo CD refuses an Application without one, unless the project allows any.
 *
 * @param cluster that of the Application; none: any
 */
export function defaultNamespaceOf(
  { project, defaultNamespace }: Pick<ArgoDelivery, 'project' | 'defaultNamespace'>,
  cluster?: string,
): string | undefined {
  if (defaultNamespace !== undefined || typeof project === 'string') return defaultNamespace;
  return namespacesFor(project, cluster).find((name) => /^[a-z0-9-]+$/.test(name));
}
