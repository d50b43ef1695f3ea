import type { Chart } from 'cdk8s';
import { AppProject, ArgoApplication, ArgoApplicationSet } from '../../../lib';

const repository = 'https://git.example.com/studio.git';

/** A project, an Application with all that can be said of it, and an ApplicationSet of each kind. */
export function add(chart: Chart): void {
  const project = new AppProject(chart, 'argo-studio', {
    description: 'The studio.',
    repositories: [repository],
    destinations: [{ cluster: '*', namespaces: ['studio-staging', 'studio-*'] }],
    clusterKinds: [{ kind: 'Namespace' }, { group: 'scheduling.k8s.io', kind: 'PriorityClass' }],
  });
  new ArgoApplication(chart, 'argo-application', {
    project,
    source: { repository, path: 'dist/staging', revision: 'v1.0.0' },
    cluster: 'staging',
    whenDeleted: 'delete',
    ignored: [
      {
        group: 'apps',
        kind: 'Deployment',
        name: 'web',
        namespace: 'studio-staging',
        pointers: ['/spec/paused'],
        reason: 'An operator pauses it at night.',
      },
    ],
  });
  new ArgoApplication(chart, 'argo-manual', {
    project: 'default',
    source: { repository, path: 'dist/dev' },
    sync: 'manual',
  });
  const source = { repository };
  new ArgoApplicationSet(chart, 'argo-places', {
    project,
    source,
    each: { kind: 'places', places: [{ name: 'dev', path: 'dist/dev' }] },
  });
  new ArgoApplicationSet(chart, 'argo-sites', {
    project,
    source,
    each: { kind: 'clusters', labels: { site: 'edge' }, path: 'dist/edge' },
    whenDeleted: 'delete',
  });
  new ArgoApplicationSet(chart, 'argo-folders', {
    project,
    source,
    each: { kind: 'folders', path: 'dist/*', except: ['dist/edge'] },
  });
}
