import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { Delivery } from '../../deploy/argocd/delivery';
import type { JsonObject } from '../../lib';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { within } from '../../lib/plan/fields';
import { documentsOf, exampleApp, find } from '../worker/example-worker';

const source = { repository: 'https://git.example.com/darkroom.git' };
const documents = documentsOf(new Delivery(exampleApp(), 'delivery', { source }));
const environments = readdirSync(join(PACKAGE_ROOT, 'dist'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function manifestsOf(environment: string): JsonObject[] {
  const folder = join(PACKAGE_ROOT, 'dist', environment);
  const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');
  return files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map((it) => it.toJS() as JsonObject),
  );
}

describe('how Argo CD delivers Darkroom', () => {
  test('has a place for each environment', () => {
    const { elements } = find(documents, 'ApplicationSet', 'darkroom').spec.generators[0].list;
    const edge = find(documents, 'ApplicationSet', 'darkroom-edge').spec.template.spec.source.path;
    const paths = [...elements.map(({ path }: { path: string }) => path), edge];
    expect(paths.sort()).toEqual(environments.map((name) => `dist/${name}`).sort());
  });

  const { clusterResourceWhitelist: kinds, destinations } = find(documents, 'AppProject', 'darkroom').spec;
  const isAllowed = (document: JsonObject) => {
    const namespace = within(document, 'metadata', 'namespace');
    if (namespace !== undefined) {
      return destinations.some((it: JsonObject) => it.namespace === namespace);
    }
    const [group = '', version] = String(document.apiVersion).split('/');
    return kinds.some(
      (it: JsonObject) => it.kind === document.kind && it.group === (version === undefined ? '' : group),
    );
  };

  test.each(environments)('allows all that %s has', (environment) => {
    expect(manifestsOf(environment).filter((document) => !isAllowed(document))).toEqual([]);
  });

  test('allows nothing that reaches further', () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } };
    const elsewhere = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'kube-system' },
    };
    expect([role, elsewhere].map(isAllowed)).toEqual([false, false]);
  });
});
