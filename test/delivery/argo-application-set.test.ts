import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { AppProject, ArgoApplicationSet, type ArgoApplicationSetProps } from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp, exampleChart, find } from '../worker/example-worker';

const repository = 'https://git.example.com/studio.git';
type Each = ArgoApplicationSetProps['each'];

function specOf(each: Each, other: Partial<ArgoApplicationSetProps> = {}) {
  const chart = exampleChart({ namespace: 'argocd' });
  new ArgoApplicationSet(chart, 'studio', { project: 'studio', source: { repository }, each, ...other });
  return find(documentsOf(chart), 'ApplicationSet').spec;
}

describe('ArgoApplicationSet', () => {
  test('makes an Application for each place of a list', () => {
    const spec = specOf({
      kind: 'places',
      places: [
        { name: 'dev', path: 'dist/dev' },
        { name: 'production', path: 'dist/production', cluster: 'production', revision: 'v1.2.0' },
      ],
    });
    expect(spec.generators).toEqual([
      {
        list: {
          elements: [
            {
              name: 'dev',
              path: 'dist/dev',
              revision: 'HEAD',
              cluster: 'in-cluster',
              server: '',
              namespace: '',
            },
            {
              name: 'production',
              path: 'dist/production',
              revision: 'v1.2.0',
              cluster: 'production',
              server: '',
              namespace: '',
            },
          ],
        },
      },
    ]);
    expect(spec.template.metadata.name).toBe('studio-{{.name}}');
    expect(spec.template.spec.source).toMatchObject({ path: '{{.path}}', targetRevision: '{{.revision}}' });
    expect(spec.template.spec.destination).toEqual({ name: '{{.cluster}}' });
    expect(spec.goTemplateOptions).toEqual(['missingkey=error']);
  });

  test('gives each Application a namespace that its project allows, as Argo CD wants it', () => {
    const chart = exampleChart({ namespace: 'argocd' });
    const project = new AppProject(chart, 'project', {
      repositories: [repository],
      destinations: [{ namespaces: ['dev'] }, { cluster: 'production', namespaces: ['studio-*', 'studio'] }],
    });
    const places = [
      { name: 'dev', path: 'dist/dev' },
      { name: 'production', path: 'dist/production', cluster: 'production' },
    ];
    const source = { repository };
    new ArgoApplicationSet(chart, 'a', { project, source, each: { kind: 'places', places } });
    const { generators, template } = find(documentsOf(chart), 'ApplicationSet').spec;
    const given = generators[0].list.elements.map(({ namespace }: { namespace: string }) => namespace);
    expect(given).toEqual(['dev', 'studio']);
    expect(template.spec.destination).toEqual({ name: '{{.cluster}}', namespace: '{{.namespace}}' });
  });

  test('takes names and URLs of clusters in one list', () => {
    const server = 'https://10.0.0.7:6443';
    const places = [
      { name: 'a', path: 'dist/a' },
      { name: 'b', path: 'dist/b', cluster: server },
    ];
    const { template, generators } = specOf({ kind: 'places', places });
    expect(template.spec.destination).toEqual({ name: '{{.cluster}}', server: '{{.server}}' });
    expect(generators[0].list.elements[1]).toMatchObject({ cluster: '', server });
    const [, last] = places;
    const only = specOf({ kind: 'places', places: last === undefined ? [] : [last] });
    expect(only.template.spec.destination).toEqual({ server: '{{.server}}' });
  });

  test('makes an Application for each cluster with a label', () => {
    const { generators, template } = specOf({
      kind: 'clusters',
      labels: { site: 'edge' },
      path: 'dist/edge',
    });
    expect(generators).toEqual([{ clusters: { selector: { matchLabels: { site: 'edge' } } } }]);
    expect(template.metadata.name).toBe('studio-{{.nameNormalized}}');
    expect(template.spec.source.path).toBe('dist/edge');
    expect(template.spec.destination).toEqual({ server: '{{.server}}' });
  });

  test('makes an Application for each folder in git', () => {
    const { generators, template } = specOf(
      { kind: 'folders', path: 'dist/*', except: ['dist/dev'] },
      { source: { repository, revision: 'main' } },
    );
    const directories = [{ path: 'dist/*' }, { path: 'dist/dev', exclude: true }];
    expect(generators).toEqual([{ git: { repoURL: repository, revision: 'main', directories } }]);
    expect(template.metadata.name).toBe('studio-{{.path.basenameNormalized}}');
    expect(template.spec.destination).toEqual({ name: '{{.path.basename}}' });
    const one = specOf({ kind: 'folders', path: 'dist/*', cluster: 'shared' });
    expect(one.template.spec.destination).toEqual({ name: 'shared' });
  });

  test('lets what is deployed go on running when it is deleted, unless told otherwise', () => {
    const each: Each = { kind: 'folders', path: 'dist/*' };
    expect(specOf(each).syncPolicy).toEqual({ preserveResourcesOnDeletion: true });
    expect(specOf(each, { whenDeleted: 'delete' }).syncPolicy).toEqual({
      preserveResourcesOnDeletion: false,
    });
  });
});

describe('fails', () => {
  const place = { name: 'dev', path: 'dist/dev' };
  const wrong: [about: string, each: Each, line: RegExp][] = [
    [
      'for a list without places',
      { kind: 'places', places: [] },
      /: each\.places must have one or more, got none\. /,
    ],
    [
      'for two places of one name',
      { kind: 'places', places: [place, place] },
      /: each\.places\[1\]\.name must differ from every other place, got dev\. /,
    ],
    [
      'for a name with capitals',
      { kind: 'places', places: [{ ...place, name: 'Dev' }] },
      /: each\.places\[0\]\.name must be a name of lower-case .*, got "Dev"\. /,
    ],
    [
      'for a folder outside',
      { kind: 'places', places: [{ ...place, path: '/dist' }] },
      /: each\.places\[0\]\.path must be a folder .*, got "\/dist"\. /,
    ],
    [
      'for a cluster that the project does not know',
      { kind: 'places', places: [{ ...place, cluster: 'other' }] },
      /: each\.places\[0\]\.cluster must be one of the project studio \(in-cluster\), got other\. /,
    ],
    [
      'for all clusters',
      { kind: 'clusters', labels: {}, path: 'dist/edge' },
      /: each\.labels must have one or more: .*, got none\. /,
    ],
    [
      'for folders outside',
      { kind: 'folders', path: '../*', except: [''] },
      /: each\.path must be .*\n.*: each\.except\[0\] must be /,
    ],
  ];
  test.each(wrong)('%s', (_, each, line) => {
    const app = exampleApp();
    const chart = new Chart(app, 'delivery', { namespace: 'argocd' });
    const destinations = [{ namespaces: ['studio'] }];
    const project = new AppProject(chart, 'studio', { repositories: ['*'], destinations });
    new ArgoApplicationSet(chart, 'set', { project, source: { repository }, each });
    expect(problemLines(app).join('\n')).toMatch(line);
  });
});
