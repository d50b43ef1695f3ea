import type { Problem } from '../plan/problem';
import type { AppProject } from './app-project';
import { checkText } from './check-source';
import { defaultNamespaceOf, namespacesFor } from './default-namespace';
import { IN_CLUSTER, isServer } from './destination';
import { mayMatch } from './patterns';
import type { AppProjectProps, ArgoDelivery } from './props';

/** What is wrong with the props of a project. */
export function checkProject({ repositories, destinations }: AppProjectProps): Problem[] {
  return [
    ...(repositories.length === 0 ? [nothing('repositories', 'Name where the manifests come from.')] : []),
    ...(destinations.length === 0 ? [nothing('destinations', 'Name where they may go.')] : []),
    ...repositories.flatMap((it, index) =>
      checkText(`repositories[${index}]`, it, 'Write the URL, or take it out.'),
    ),
    ...destinations.flatMap(({ cluster, namespaces }, index) => [
      ...checkText(`destinations[${index}].cluster`, cluster, 'Name it, or leave it out.'),
      ...(namespaces.length === 0
        ? [nothing(`destinations[${index}].namespaces`, 'Name the namespaces, or take the destination out.')]
        : []),
    ]),
  ];
}

function nothing(prop: string, fix: string): Problem {
  return { prop, wanted: 'must have one or more: Argo CD would refuse every Application', got: 'none', fix };
}

/** What a project that is a construct does not allow. A project that is only named is not known. */
export function checkRepositoryAllowed(project: AppProject | string, repository: string): Problem[] {
  if (typeof project === 'string') return [];
  const allowed = project.repositories.map(normalized);
  if (mayMatch(allowed, normalized(repository), '/')) return [];
  return [
    {
      prop: 'source.repository',
      wanted: `must be one of the project ${project.name} (${project.repositories.join(', ')})`,
      got: repository,
      fix: 'Add it to repositories of the AppProject.',
    },
  ];
}

/** The same for a cluster. A name and a URL may be the same cluster, which is not known here. */
export function checkClusterAllowed(
  project: AppProject | string,
  cluster: string = IN_CLUSTER,
  prop = 'cluster',
): Problem[] {
  if (typeof project === 'string') return [];
  const all = project.destinations.map((it) => it.cluster ?? IN_CLUSTER);
  const same = all.filter((it) => isServer(it) === isServer(cluster));
  if (same.length < all.length || mayMatch(same, cluster)) return [];
  return [
    {
      prop,
      wanted: `must be one of the project ${project.name} (${[...new Set(all)].join(', ')})`,
      got: cluster,
      fix: 'Add it to destinations of the AppProject.',
    },
  ];
}

/** What is wrong with the namespace of objects that name none, in a project that is a construct. */
export function checkDefaultNamespace(
  given: Pick<ArgoDelivery, 'project' | 'defaultNamespace'>,
  cluster?: string,
): Problem[] {
  const { project } = given;
  if (typeof project === 'string') return [];
  const allowed = namespacesFor(project, cluster);
  const name = defaultNamespaceOf(given, cluster);
  if (allowed.length === 0 || (name !== undefined && mayMatch(allowed, name))) return [];
  const all = [...new Set(allowed)].join(', ');
  return [
    {
      prop: 'defaultNamespace',
      wanted: `must be one that the project ${project.name} allows (${all}), as Argo CD asks of every Application`,
      got: name ?? 'none',
      fix: 'Name one of them.',
    },
  ];
}

/** Argo CD compares URLs without their end and without regard to case. */
function normalized(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/\.git$/, '');
}
