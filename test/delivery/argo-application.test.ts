import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { AppProject, ArgoApplication, type ArgoApplicationProps } from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp, exampleChart, find } from '../worker/example-worker';

const repository = 'https://git.example.com/studio.git';
const props: ArgoApplicationProps = { project: 'studio', source: { repository, path: 'dist/staging' } };

function application(other: Partial<ArgoApplicationProps> = {}) {
  const chart = exampleChart({ namespace: 'argocd' });
  new ArgoApplication(chart, 'studio-staging', { ...props, ...other });
  return find(documentsOf(chart), 'Application');
}

describe('ArgoApplication', () => {
  test('is a folder as it is, kept equal to git', () => {
    expect(application()).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'studio-staging', namespace: 'argocd' },
      spec: {
        project: 'studio',
        source: {
          repoURL: repository,
          targetRevision: 'HEAD',
          path: 'dist/staging',
          directory: { recurse: true, exclude: 'kustomization.yaml' },
        },
        destination: { name: 'in-cluster' },
        syncPolicy: {
          automated: { prune: true, selfHeal: true },
          syncOptions: ['ServerSideApply=true', 'FailOnSharedResource=true'],
          retry: { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } },
        },
      },
    });
  });

  test('may wait for a person', () => {
    const { syncPolicy } = application({ sync: 'manual' }).spec;
    expect(syncPolicy).toEqual({ syncOptions: ['ServerSideApply=true', 'FailOnSharedResource=true'] });
  });

  test('may leave what others change, and what is gone from git', () => {
    const { syncPolicy } = application({ sync: { prune: false, selfHeal: false, retries: 0 } }).spec;
    expect(syncPolicy.automated).toEqual({ prune: false, selfHeal: false });
    expect(syncPolicy.retry.limit).toBe(0);
  });

  test('knows its cluster by name or by the URL of its API server', () => {
    expect(application({ cluster: 'edge-7' }).spec.destination).toEqual({ name: 'edge-7' });
    const server = 'https://10.0.0.7:6443';
    expect(application({ cluster: server }).spec.destination).toEqual({ server });
  });

  test('takes what it deployed along only when it is told to', () => {
    expect(application().metadata.finalizers).toBeUndefined();
    expect(application({ whenDeleted: 'delete' }).metadata.finalizers).toEqual([
      'resources-finalizer.argocd.argoproj.io/foreground',
    ]);
  });

  test('ignores differences with the reason beside them, and leaves the fields alone in a sync', () => {
    const reason = 'The operator writes its version here.';
    const ignored = [{ group: 'apps', kind: 'Deployment', name: 'web', pointers: ['/spec/paused'], reason }];
    const { spec } = application({ ignored });
    expect(spec.ignoreDifferences).toEqual([
      { group: 'apps', kind: 'Deployment', name: 'web', jsonPointers: ['/spec/paused'] },
    ]);
    expect(spec.info).toEqual([{ name: 'ignored: Deployment web /spec/paused', value: reason }]);
    expect(spec.syncPolicy.syncOptions).toContain('RespectIgnoreDifferences=true');
    expect(application().spec).not.toHaveProperty('ignoreDifferences');
  });

  test('comes after its project', () => {
    const app = exampleApp({ syncWaves: true });
    const chart = new Chart(app, 'delivery', { namespace: 'argocd' });
    const project = new AppProject(chart, 'studio', {
      repositories: [repository],
      destinations: [{ namespaces: ['studio'] }],
    });
    new ArgoApplication(chart, 'a', { ...props, project });
    const [first, second] = app.documents();
    expect([first?.kind, second?.kind]).toEqual(['AppProject', 'Application']);
    expect(second?.metadata).toMatchObject({ annotations: { 'argocd.argoproj.io/sync-wave': '1' } });
  });
});

describe('AppProject', () => {
  test('lists where from, where to, and which kinds without a namespace', () => {
    const chart = exampleChart({ namespace: 'argocd' });
    new AppProject(chart, 'studio', {
      repositories: [repository],
      destinations: [{ cluster: 'staging', namespaces: ['studio', 'agents'] }, { namespaces: ['dev'] }],
      clusterKinds: [{ kind: 'Namespace' }],
    });
    expect(find(documentsOf(chart), 'AppProject').spec).toEqual({
      sourceRepos: [repository],
      destinations: [
        { name: 'staging', namespace: 'studio' },
        { name: 'staging', namespace: 'agents' },
        { name: 'in-cluster', namespace: 'dev' },
      ],
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
    });
  });

  const allowed: [about: string, pattern: string, url: string][] = [
    ['the same', repository, repository],
    ['one without the end .git', 'https://git.example.com/studio', repository],
    ['one in other letters', repository, 'https://git.example.com/Studio.git'],
    [
      'a repository of a group',
      'https://git.example.com/group/*',
      'https://git.example.com/group/studio.git',
    ],
    ['everything', '*', 'https://elsewhere.example.com/studio.git'],
    ['everything below', 'https://git.example.com/**', 'https://git.example.com/group/studio.git'],
    ['a pattern that is not judged here', '!https://other.example.com/*', repository],
  ];
  test.each(allowed)('allows %s', (_, pattern, url) => {
    expect(linesOf({ source: { repository: url, path: 'dist' } }, [pattern])).toEqual([]);
  });

  test('fails for an Application from elsewhere', () => {
    const source = { repository: 'https://git.example.com/group/studio.git', path: 'dist' };
    expect(linesOf({ source }, ['https://git.example.com/*'])).toEqual([
      'delivery/a: source.repository must be one of the project studio (https://git.example.com/*), got ' +
        'https://git.example.com/group/studio.git. Add it to repositories of the AppProject.',
    ]);
  });

  test('fails for an Application to elsewhere', () => {
    expect(linesOf({ cluster: 'production' })).toEqual([
      'delivery/a: cluster must be one of the project studio (in-cluster, stag*), got production. ' +
        'Add it to destinations of the AppProject.',
    ]);
    expect(linesOf({ cluster: 'staging' })).toEqual([]);
  });

  test('gives its Applications a namespace that it allows, as Argo CD wants it', () => {
    const destinationOf = (namespaces: string[], other: Partial<ArgoApplicationProps> = {}) => {
      const chart = exampleChart({ namespace: 'argocd' });
      const destinations = [{ cluster: 'other', namespaces: ['elsewhere'] }, { namespaces }];
      const project = new AppProject(chart, 'studio', { repositories: ['*'], destinations });
      new ArgoApplication(chart, 'a', { ...props, project, ...other });
      return find(documentsOf(chart), 'Application').spec.destination;
    };
    expect(destinationOf(['studio', 'agents'])).toEqual({ name: 'in-cluster', namespace: 'studio' });
    expect(destinationOf(['studio-*', 'agents'])).toEqual({ name: 'in-cluster', namespace: 'agents' });
    const given = { defaultNamespace: 'studio-a' };
    expect(destinationOf(['studio-*'], given)).toEqual({ name: 'in-cluster', namespace: 'studio-a' });
  });

  test('fails for patterns of namespaces alone, and for a namespace that it does not allow', () => {
    const linesFor = (other: Partial<ArgoApplicationProps>) => {
      const app = exampleApp();
      const chart = new Chart(app, 'delivery', { namespace: 'argocd' });
      const destinations = [{ namespaces: ['studio-*'] }];
      const project = new AppProject(chart, 'studio', { repositories: ['*'], destinations });
      new ArgoApplication(chart, 'a', { ...props, project, ...other });
      return problemLines(app);
    };
    const wanted =
      /^delivery\/a: defaultNamespace must be one that the project studio allows \(studio-\*\), .*, got /;
    expect(linesFor({})).toEqual([expect.stringMatching(`${wanted.source}none\\. `)]);
    const line = expect.stringMatching(`${wanted.source}default\\. `);
    expect(linesFor({ defaultNamespace: 'default' })).toEqual([line]);
  });

  test('does not judge a name where it knows URLs', () => {
    expect(linesOf({ cluster: 'https://10.0.0.7:6443' })).toEqual([]);
  });

  test.each([
    ['no repository', { repositories: [] }, /: repositories must have one or more: .*, got none\. /],
    ['no destination', { destinations: [] }, /: destinations must have one or more: .*, got none\. /],
    [
      'a destination without namespaces',
      { destinations: [{ cluster: 'a', namespaces: [] }] },
      /: destinations\[0\]\.namespaces must have one or more: .*, got none\. /,
    ],
  ])('fails for %s', (_, wrong, line) => {
    const app = exampleApp();
    const right = { repositories: [repository], destinations: [{ namespaces: ['studio'] }] };
    new AppProject(new Chart(app, 'delivery', { namespace: 'argocd' }), 'studio', { ...right, ...wrong });
    expect(problemLines(app)).toEqual([expect.stringMatching(line)]);
  });
});

/** The problems of an Application of a project that is a construct. */
function linesOf(other: Partial<ArgoApplicationProps>, repositories = ['*']): string[] {
  const app = exampleApp();
  const chart = new Chart(app, 'delivery', { namespace: 'argocd' });
  const namespaces = ['studio'];
  const destinations = [{ namespaces }, { cluster: 'stag*', namespaces }];
  const project = new AppProject(chart, 'studio', { repositories, destinations });
  new ArgoApplication(chart, 'a', { ...props, ...other, project });
  return problemLines(app);
}

describe('fails', () => {
  const reason = 'It is a test.';
  const wrong: [about: string, props: Partial<ArgoApplicationProps>, line: RegExp][] = [
    [
      'for a URL with a password, which it does not repeat',
      { source: { repository: 'https://ci:s3cret@git.example.com/a.git', path: 'dist' } },
      /^delivery\/a: source\.repository must hold no password: .*, got one of the user ci\. /,
    ],
    [
      'for what is no repository',
      { source: { repository: 'studio', path: 'dist' } },
      /: source\.repository must be a URL .*, got "studio"\. /,
    ],
    [
      'for a folder outside',
      { source: { repository, path: '../dist' } },
      /: source\.path must be a folder in the repository, .*, got "\.\.\/dist"\. /,
    ],
    [
      'for an absolute folder',
      { source: { repository, path: '/dist' } },
      /: source\.path must be .*, got "\/dist"\. /,
    ],
    [
      'for a revision with a space',
      { source: { repository, path: 'dist', revision: 'main branch' } },
      /: source\.revision must be a branch, tag or commit, got "main branch"\. /,
    ],
    ['for a project without a name', { project: ' ' }, /: project must not be empty, got " "\. /],
    ['for a cluster without a name', { cluster: '' }, /: cluster must not be empty, got ""\. /],
    [
      'for half a retry',
      { sync: { retries: 0.5 } },
      /: sync\.retries must be a whole number of 0 or more, got 0\.5\. /,
    ],
    [
      'for a difference without a reason',
      { ignored: [{ kind: 'Service', pointers: ['/spec/externalIPs'], reason: '' }] },
      /: ignored\[0\]\.reason must not be empty, got ""\. Say in one sentence who writes the fields/,
    ],
    [
      'for a whole spec that is ignored',
      { ignored: [{ kind: 'Service', pointers: ['/spec'], reason }] },
      /: ignored\[0\]\.pointers\[0\] must be a JSON pointer to a field below .*, got "\/spec"\. /,
    ],
    [
      'for a path of dots',
      { ignored: [{ kind: 'Service', pointers: ['.spec.externalIPs'], reason }] },
      /: ignored\[0\]\.pointers\[0\] must be a JSON pointer .*, got "\.spec\.externalIPs"\. /,
    ],
    [
      'for nothing that is ignored',
      { ignored: [{ kind: 'Service', pointers: [], reason }] },
      /: ignored\[0\]\.pointers must be .*, got none\. /,
    ],
  ];
  test.each(wrong)('%s', (_, other, line) => {
    const app = exampleApp();
    new ArgoApplication(new Chart(app, 'delivery', { namespace: 'argocd' }), 'a', { ...props, ...other });
    expect(problemLines(app)).toEqual([expect.stringMatching(line)]);
  });
});
