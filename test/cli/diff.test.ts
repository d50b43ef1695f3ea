import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { formatList, LIST_FILE } from '../../lib/synth/file-list';
import { config, web } from '../diff/manifests';
import { autoscaler, configMap, deployment } from '../plan/simulate/documents';
import { commitAll, git } from '../synth/git-project';
import { temporaryFolder, writeFiles } from '../temporary-folder';
import { capstan, exampleModel, programFolder, programModel } from './example-program';

const yaml = (...documents: readonly object[]) => documents.map((it) => stringify(it)).join('---\n');

/** A project whose manifests are committed. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder({ 'cdk8s.yaml': 'app: node main.cjs\n' });
  writeFiles(folder, files);
  writeFiles(folder, {
    [`dist/${LIST_FILE}`]: formatList(Object.keys(files).map((file) => file.slice('dist/'.length))),
  });
  git(folder, 'init', '--quiet');
  commitAll(folder);
  return folder;
}

describe('capstan diff --git', () => {
  test('groups what differs in each environment, and says nothing of the rest', async () => {
    const folder = project({
      'dist/dev/shop.k8s.yaml': yaml(web(), config({ a: '1' })),
      'dist/live/shop.k8s.yaml': yaml(web()),
    });
    const same = await capstan(folder, 'diff', '--git', 'HEAD', '--exit-code');
    expect(same).toEqual({
      code: 0,
      out: 'dist/dev beside dist of HEAD: no difference\n\ndist/live beside dist of HEAD: no difference\n',
      err: '',
    });
    writeFiles(folder, {
      'dist/dev/shop.k8s.yaml': yaml(web({ image: 'web:2', replicas: 5 }), config({ a: '1' })),
    });
    const { code, out, err } = await capstan(folder, 'diff', 'dev', '--git', 'HEAD');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`dist/dev beside dist of HEAD: 1 of 2 objects differ

restart  pods are rolled
  ~ Deployment shop/web
      rolls its pods, for containers[web].image
      3 → 5 pods
      spec.replicas  3 → 5
      spec.template.spec.containers[web].image  web:1 → web:2
`);
    const counted = await capstan(folder, 'diff', 'dev', '--git', 'HEAD', '--exit-code', '--json');
    expect(counted).toMatchObject({ code: 4, err: 'There are differences.\n' });
    expect(JSON.parse(counted.out)[0].summary).toEqual({ nothing: 0, resize: 0, restart: 1, replace: 0 });
  });

  test('sees files that come and go', async () => {
    const folder = project({
      'dist/shop.k8s.yaml': yaml(web()),
      'dist/old.k8s.yaml': yaml(config({}, {}, 'old')),
    });
    git(folder, 'rm', '--quiet', 'dist/old.k8s.yaml');
    writeFiles(folder, { 'dist/new.k8s.yaml': yaml(config({}, {}, 'new')) });
    const { out } = await capstan(folder, 'diff', '--git', 'HEAD');
    expect(out).toContain('+ ConfigMap shop/new');
    expect(out).toContain('- ConfigMap shop/old');
  });

  test('compares two folders without a program', async () => {
    const folder = temporaryFolder({ 'a/x.yaml': yaml(web()), 'b/x.yaml': yaml(web({ replicas: 4 })) });
    const { code, out } = await capstan(folder, 'diff', '--from', 'a', '--to', 'b');
    expect(code).toBe(0);
    expect(out).toMatch(/^b beside a: 1 of 1 objects differ\n\nresize/);
    const [before, after] = [`${folder}/a`, `${folder}/b`];
    const absolute = await capstan(folder, 'diff', '--from', before, '--to', after);
    expect(absolute).toEqual({
      code: 0,
      out: out.replace('b beside a', `${after} beside ${before}`),
      err: '',
    });
  });

  test.each<[string, string[], string]>([
    ['an unknown commit', ['--git', 'nothing'], '--git must name a commit, got nothing: git says '],
    [
      'a commit without manifests',
      ['--git', 'HEAD', '--to', 'other'],
      'other must be a folder of manifests, got none.',
    ],
    ['an unknown environment', ['live', '--git', 'HEAD'], 'Unknown environment live. Known are: dev, stage.'],
    [
      'no environment for a cluster',
      [],
      'Say which environment the cluster is of, such as `capstan diff dev`.',
    ],
    [
      'two things to compare with',
      ['--git', 'HEAD', '--from', 'dist'],
      'Compare with one thing: --git COMMIT, or --from FOLDER.',
    ],
    ['a folder without manifests', ['--from', 'src'], 'src must hold YAML files, got none.'],
    ['broken YAML', ['--from', 'broken', '--to', 'broken'], 'x.yaml: must be YAML, got '],
    [
      'an alias of nothing',
      ['--from', 'alias', '--to', 'alias'],
      'x.yaml: must be YAML, got Unresolved alias',
    ],
  ])('fails with one line for %s', async (_, args, line) => {
    const folder = project({ 'dist/dev/x.k8s.yaml': yaml(web()), 'dist/stage/x.k8s.yaml': yaml(web()) });
    writeFiles(folder, { 'src/main.ts': '', 'broken/x.yaml': 'a: [1', 'alias/x.yaml': 'kind: It\na: *it\n' });
    const { code, out, err } = await capstan(folder, 'diff', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('capstan diff --plan', () => {
  test('is a Markdown table, and JSON', async () => {
    const folder = temporaryFolder({
      'a/x.yaml': yaml(web()),
      'b/x.yaml': yaml(web({ replicas: 4, image: 'web:2' })),
    });
    const { code, out, err } = await capstan(folder, 'diff', '--from', 'a', '--to', 'b', '--plan');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`**b** beside a

| workload | pods | replicas | pod-hours a day | peak concurrency | risk |
| --- | --- | --- | --- | --- | --- |
| \`shop/web\` | restart | 3 → 4 | 72 → 96 | – | **low**: rolls its pods, for containers[web].image |
`);
    const printed = await capstan(folder, 'diff', '--from', 'a', '--to', 'b', '--plan', '--json');
    expect(JSON.parse(printed.out)[0].workloads[0].max).toEqual({ was: 3, is: 4 });
  });

  test('plays a load on both sides, by what the program says of its tasks', async () => {
    const side = (max: number) => yaml(configMap(), deployment, autoscaler(2, max));
    const folder = programFolder(programModel([exampleModel('shop/develop')]));
    writeFiles(folder, {
      'day.csv': 'time,rate\n0,60\n600,60\n601,600\n1200,600\n',
      'a/x.yaml': side(20),
      'b/x.yaml': side(3),
    });
    const args = ['--from', 'a', '--to', 'b', '--plan', '--load', 'day.csv'];
    const { code, out, err } = await capstan(folder, 'diff', ...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(
      '| workload | pods | replicas | pod-hours | peak concurrency | wait of 99 % | late tasks | risk |',
    );
    expect(out).toMatch(/\*\*high\*\*: [\d,]+ tasks are late along the load/);
  });

  test.each([
    ['a cluster', ['--plan'], '--plan must be used with --git COMMIT or --from FOLDER, got none'],
    ['a load that is not there', ['--from', 'a', '--plan', '--load', 'no.csv'], 'Cannot read no.csv: '],
    [
      'bounds that no API server takes',
      ['--from', 'a', '--to', 'b', '--plan'],
      'b: HorizontalPodAutoscaler develop: spec.maxReplicas must be a whole number from 1 to 2147483647, got -3.',
    ],
    [
      'replicas that are no number',
      ['--from', 'c', '--to', 'a', '--plan'],
      "c: Deployment develop: spec.replicas must be a whole number from 0 to 2147483647, got '3'.",
    ],
  ])('fails with one line for %s', async (_, args, line) => {
    const folder = temporaryFolder({
      'cdk8s.yaml': 'app: node main.cjs\n',
      'a/x.yaml': yaml(web()),
      'b/x.yaml': yaml(web(), autoscaler(1, -3)),
      'c/x.yaml': yaml({ ...deployment, spec: { ...deployment.spec, replicas: '3' } }),
    });
    const { code, out, err } = await capstan(folder, 'diff', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
