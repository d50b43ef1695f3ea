import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { compareManifests } from '../../lib/diff/compare';
import { documentsOf, textsIn } from '../../lib/diff/read-manifests';
import type { JsonObject } from '../../lib/json-value';
import { identityOf } from '../../lib/synth/identity';
import { capstan } from '../cli/example-program';
import { foundProgram } from '../found-program';
import { type Kubectl, liveObjects } from '../live/compare-live';
import type { Document } from '../live/normalise';
import { temporaryFolder, writeFiles } from '../temporary-folder';

const { startApiServer } = require('../../tools/cluster/api-server.cjs');

const programs = foundProgram('cluster/build.sh', 'newest');
const DIST = join(__dirname, '../../dist');
const documents = documentsOf(textsIn(DIST), 'dev');

/** What of a change a test looks at. */
interface Seen {
  readonly kind: string;
  readonly name: string;
  readonly change: string;
  readonly effect: string;
  readonly fields: readonly { readonly path: string; readonly was: unknown; readonly is: unknown }[];
}

(programs === undefined ? describe.skip : describe)('capstan diff beside a real API server', () => {
  const saved = { ...process.env };
  let server: {
    kubectl(args: string[], input?: string): Promise<{ status: number; stdout: string; stderr: string }>;
    kubeconfig: string;
    stop(): void;
  };
  const kubectl: Kubectl = async (args, input = '') => {
    const { status, stdout, stderr } = await server.kubectl([...args], input);
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  const apply = (items: readonly JsonObject[], ...options: string[]) =>
    kubectl(['apply', ...options, '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

  beforeAll(async () => {
    server = await startApiServer('newest');
    process.env.KUBECONFIG = server.kubeconfig;
    process.env.PATH = `${programs}:${process.env.PATH}`;
  }, 180_000);
  afterAll(() => {
    process.env = saved;
    server?.stop();
  });

  async function diff(items: readonly JsonObject[]): Promise<readonly Seen[]> {
    const folder = temporaryFolder({ 'cdk8s.yaml': 'app: node main.cjs\n' });
    writeFiles(folder, { 'dist/dev/all.k8s.yaml': items.map((it) => stringify(it)).join('---\n') });
    const { code, out, err } = await capstan(folder, 'diff', 'dev', '--json', '--exit-code');
    const [{ objects }] = JSON.parse(out);
    expect({ code, err }).toEqual(
      objects.length === 0 ? { code: 0, err: '' } : { code: 4, err: 'There are differences.\n' },
    );
    return objects;
  }

  test('all of dist/dev is new to an empty cluster, and no difference once it is applied', async () => {
    const fresh = await diff(documents);
    expect(fresh).toHaveLength(documents.length);
    expect(new Set(fresh.map(({ change }) => change))).toEqual(new Set(['added']));
    await apply(
      documents.filter(({ kind }) => kind === 'Namespace'),
      '--server-side',
    );
    await apply(documents, '--server-side');
    expect(await diff(documents)).toEqual([]);
  });

  test('what the server filled in counts as no difference of manifests either', async () => {
    const live = await liveObjects(kubectl, documents as Document[]);
    const objects = [...live.values()] as JsonObject[];
    expect(objects).toHaveLength(documents.length);
    const found = compareManifests(documents, objects).flatMap(({ object, fields }) =>
      fields.map(({ keys }) => `${object} ${keys.join('.')}`),
    );
    expect(found.filter((place) => !CHOSEN.test(place))).toEqual([]);
  });

  test('each change has the effect that the server gives it', async () => {
    const changed = await diff(
      documents.map((document) =>
        changedBy(document, CHANGES[`${document.kind} ${identityOf(document).name}`]),
      ),
    );
    const seen = Object.fromEntries(changed.map((it) => [`${it.kind} ${it.name}`, it]));
    expect(Object.keys(seen).sort()).toEqual(Object.keys(CHANGES).sort());
    for (const [name, { effect, path }] of Object.entries(CHANGES)) {
      expect(`${name}: ${seen[name]?.effect}`).toBe(`${name}: ${effect}`);
      expect(seen[name]?.fields.map((field) => field.path)).toContain(path);
    }
    expect(await diff(documents)).toEqual([]);
  });

  test.each(['', '--server-side', '--server-side --field-manager=argocd-controller'])(
    'a field that goes from a manifest is seen, applied by kubectl apply %s',
    async (options) => {
      const name = `it-${options.length}`;
      const object = (data: object): JsonObject =>
        JSON.parse(
          JSON.stringify({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name, namespace: 'default' },
            data,
          }),
        );
      await apply([object({ a: '1', b: '2' })], ...options.split(' ').filter((it) => it !== ''));
      expect(await diff([object({ a: '1', b: '2' })])).toEqual([]);
      const [only, ...others] = await diff([object({ a: '1' })]);
      expect(others).toEqual([]);
      expect(only?.fields).toEqual([{ path: 'data.b', was: '2', is: null }]);
    },
  );

  test('an object that the server refuses is named with its reason, and the exit code is 1', async () => {
    const folder = temporaryFolder({
      'cdk8s.yaml': 'app: node main.cjs\n',
      'dist/dev/all.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: it-0, namespace: default}\ndata: {a: 1}\n',
    });
    const { code, out, err } = await capstan(folder, 'diff', 'dev');
    expect({ code, err }).toEqual({ code: 1, err: 'The cluster refuses 1 of the objects.\n' });
    expect(out).toMatch(/refused {2}.*\n {2}ConfigMap default\/it-0\n {6}\S/);
  });

  test('fails with one line for a context that is not there, and a cluster that does not answer', async () => {
    const folder = temporaryFolder({
      'cdk8s.yaml': 'app: node main.cjs\n',
      'dist/dev/all.yaml': stringify(documents[0]),
    });
    const unknown = await capstan(folder, 'diff', 'dev', '--context', 'nowhere');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toMatch(/^--context must be in the kubeconfig, got nowhere: .*\n$/);
    writeFiles(folder, { 'kubeconfig.json': NOWHERE });
    process.env.KUBECONFIG = join(folder, 'kubeconfig.json');
    const silent = await capstan(folder, 'diff', 'dev');
    process.env.KUBECONFIG = server.kubeconfig;
    expect(silent).toMatchObject({ code: 1, out: '' });
    expect(silent.err).toMatch(/^The cluster does not answer: .*\n$/);
  });
});

/** Fields that a server chooses, and the numbers of pods that are left to autoscalers. */
const CHOSEN =
  /spec\.(clusterIPs?|ipFamil\w+|replicas|volumeName|selector|policyTypes)|metadata\.(labels|annotations|finalizers)|controller-uid|^Job |^Namespace |storage/;

interface PlantedChange {
  readonly effect: string;
  readonly path: string;
  readonly change: (document: Draft) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: documents of many kinds, changed in one place each
type Draft = any;

const container = 'spec.template.spec.containers';

/** One change for each effect and way, by kind and name. */
const CHANGES: Readonly<Record<string, PlantedChange>> = {
  'Deployment develop': {
    effect: 'restart',
    path: `${container}[worker].image`,
    change: (it) => {
      it.spec.template.spec.containers[0].image = 'other:1';
    },
  },
  'Deployment upload': {
    effect: 'replace',
    path: 'spec.selector.matchLabels["app.kubernetes.io/instance"]',
    change: (it) => {
      it.spec.selector.matchLabels['app.kubernetes.io/instance'] = 'other';
      it.spec.template.metadata.labels['app.kubernetes.io/instance'] = 'other';
    },
  },
  'StatefulSet broker': {
    effect: 'replace',
    path: 'spec.volumeClaimTemplates[data].spec.resources.requests.storage',
    change: (it) => {
      it.spec.volumeClaimTemplates[0].spec.resources.requests.storage = '3Gi';
    },
  },
  'HorizontalPodAutoscaler develop': {
    effect: 'resize',
    path: 'spec.maxReplicas',
    change: (it) => {
      it.spec.maxReplicas = 9;
    },
  },
  'ConfigMap develop': {
    effect: 'restart',
    path: 'data["worker.json"]:.pool.slots',
    change: (it) => {
      it.data['worker.json'] = it.data['worker.json'].replace('"slots": 1', '"slots": 2');
    },
  },
  'PodDisruptionBudget develop': {
    effect: 'nothing',
    path: 'spec.maxUnavailable',
    change: (it) => {
      it.spec.maxUnavailable = 2;
    },
  },
};

function changedBy(document: JsonObject, planted: PlantedChange | undefined): JsonObject {
  const copy = structuredClone(document);
  planted?.change(copy);
  return copy;
}

const NOWHERE = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'here', cluster: { server: 'http://127.0.0.1:1' } }],
  contexts: [{ name: 'here', context: { cluster: 'here' } }],
  'current-context': 'here',
});
