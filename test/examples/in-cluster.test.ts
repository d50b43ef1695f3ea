import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { temporaryFolder } from '../temporary-folder';

const EXAMPLE = join(PACKAGE_ROOT, 'examples/in-cluster');
const EXPECTED = join(EXAMPLE, 'expected');

/** What is not of the article: how the program that creates the three is run. */
const ADDITIONS = [
  'Job creator',
  'NetworkPolicy creator',
  'Role creator',
  'RoleBinding creator',
  'ServiceAccount creator',
];

function manifests(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function written(): Record<string, string> {
  const folder = temporaryFolder();
  jest.replaceProperty(process, 'env', { ...process.env, CDK8S_OUTDIR: folder });
  jest.isolateModules(() => {
    require(join(EXAMPLE, 'main.ts'));
  });
  jest.restoreAllMocks();
  return manifests(folder);
}

const documents = Object.values(manifests(EXPECTED))
  .flatMap((text) => parseAllDocuments(text))
  .map((document) => document.toJS());

function named(kind: string, name: string) {
  const found = documents.find((it) => it.kind === kind && it.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

describe('examples/in-cluster', () => {
  test('writes what is committed, byte for byte', () => {
    expect(written()).toEqual(manifests(EXPECTED));
  });

  test("has the article's Pod", () => {
    const { containers } = named('Pod', 'my-pod').spec;
    expect(containers).toHaveLength(1);
    expect(containers[0].name).toBe('my-container');
    expect(containers[0].image).toBe('my-image');
  });

  test("has the article's Service", () => {
    const { selector, ports } = named('Service', 'my-service').spec;
    expect(selector).toEqual({ app: 'my-app' });
    expect(ports).toEqual([{ protocol: 'TCP', port: 80, targetPort: 8080 }]);
  });

  test("has the article's Deployment", () => {
    const { replicas, selector, template } = named('Deployment', 'my-deployment').spec;
    expect(replicas).toBe(3);
    expect(selector.matchLabels).toEqual({ app: 'my-app' });
    expect(template.metadata.labels).toEqual({ app: 'my-app' });
    const [container] = template.spec.containers;
    expect([container.name, container.image]).toEqual(['my-container', 'my-image']);
  });

  test('fails for an object that is neither of the article nor named as an addition', () => {
    const names = documents.map((it) => `${it.kind} ${it.metadata.name}`).sort();
    const article = ['Pod my-pod', 'Service my-service', 'Deployment my-deployment'];
    expect(names).toEqual([...article, ...ADDITIONS].sort());
  });

  test('allows five verbs on three objects', () => {
    const allowed = named('Role', 'creator').rules.map(
      (rule: { resources: string[]; resourceNames?: string[]; verbs: string[] }) =>
        `${rule.resources} ${rule.resourceNames ?? '*'}: ${rule.verbs}`,
    );
    expect(allowed).toEqual([
      'pods *: create',
      'pods my-pod: get,list,watch,patch',
      'services *: create',
      'services my-service: get,list,watch,patch',
      'deployments *: create',
      'deployments my-deployment: get,list,watch,patch',
    ]);
  });

  test('does not try again what ends with 2', () => {
    const { podFailurePolicy } = named('Job', 'creator').spec;
    const onExitCodes = { operator: 'In', values: [2] };
    expect(podFailurePolicy.rules).toEqual([{ action: 'FailJob', onExitCodes }]);
  });
});
