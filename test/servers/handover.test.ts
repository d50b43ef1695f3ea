import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { type JsonObject, Worker } from '../../lib';
import { foundProgram } from '../found-program';
import { aroundProps } from '../worker/around/around-props';
import { exampleApp } from '../worker/example-worker';

const { startApiServer } = require('../../tools/cluster/api-server.cjs');

/** Pods that run, by `replicas` of the manifest, before an autoscaler takes the count over. */
const RUNNING = 5;
const NAME = 'web';
const SEEN_WITHIN = 20_000;

/** How manifests reach a cluster: the arguments of kubectl that do what each of them does. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  'kubectl apply': ['apply'],
  'kubectl apply --server-side': ['apply', '--server-side'],
  'Argo CD': ['apply', '--field-manager=argocd-controller'],
  'Argo CD with ServerSideApply': [
    'apply',
    '--server-side',
    '--field-manager=argocd-controller',
    '--force-conflicts',
  ],
  Pulumi: ['apply', '--server-side', '--field-manager=pulumi-kubernetes-5f0d2c1b'],
};

const programs = foundProgram('cluster/build.sh', 'newest');

(programs === undefined ? describe.skip : describe)(
  'replicas of a running Deployment at a real API server',
  () => {
    const home = mkdtempSync(join(tmpdir(), 'capstan-handover-'));
    let server: {
      kubectl(
        args: readonly string[],
        input?: string,
      ): Promise<{ status: number; stdout: string; stderr: string }>;
      kubeconfig: string;
      stop(): void;
    };
    let watch: Watch | undefined;
    let namespace = '';
    let made = 0;

    beforeAll(async () => {
      server = await startApiServer('newest');
    }, 180_000);
    afterEach(() => watch?.stop());
    afterAll(() => {
      server?.stop();
      rmSync(home, { recursive: true });
    });

    async function kubectl(args: readonly string[], input = ''): Promise<string> {
      const { status, stdout, stderr } = await server.kubectl([...args], input);
      if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stdout}${stderr}`);
      return stdout;
    }

    async function apply(way: string, documents: readonly JsonObject[]): Promise<void> {
      const items = documents.map((document) => ({ ...document }));
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      await kubectl([...(WAYS[way] ?? []), '-f', '-'], list);
    }

    /** Runs what a person pastes into a shell. */
    function shell(command: string): void {
      const env = { HOME: home, KUBECONFIG: server.kubeconfig, PATH: `${programs}:${process.env.PATH}` };
      const { status, stderr } = spawnSync('sh', ['-ec', command], { encoding: 'utf8', env });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }

    /** Applies the manifest with `replicas` in a namespace of its own, and begins to watch. */
    async function run(way: string): Promise<Watch> {
      made += 1;
      namespace = `shop-${made}`;
      await kubectl(['create', 'namespace', namespace]);
      await apply(way, synthesize(namespace).documents);
      watch = new Watch(join(programs ?? '', 'kubectl'), server.kubeconfig, namespace);
      expect(await watch.counts(kubectl)).toEqual([RUNNING]);
      return watch;
    }

    test.each(Object.keys(WAYS))('naive: %s of a manifest without them sets them to 1', async (way) => {
      const seen = await run(way);
      await apply(way, synthesize(namespace, YES).documents);
      expect(await seen.counts(kubectl)).toEqual([RUNNING, 1]);
    });

    test.each(Object.keys(WAYS))('handed over: %s leaves them as they are', async (way) => {
      const seen = await run(way);
      const { documents, handover } = synthesize(namespace, YES);
      shell(handover);
      await apply(way, documents);
      expect(await seen.counts(kubectl)).toEqual([RUNNING]);
      // As the autoscaler does it.
      await kubectl(['-n', namespace, 'scale', `deployment/${NAME}`, '--replicas=7']);
      await apply(way, synthesize(namespace, YES, 'web:2').documents);
      expect(await seen.counts(kubectl)).toEqual([RUNNING, 7]);
    });

    test('handed over twice, from a client-side to a server-side apply, and back', async () => {
      const seen = await run('kubectl apply');
      const { documents, handover } = synthesize(namespace, YES);
      shell(handover);
      shell(handover);
      await apply('kubectl apply --server-side', documents);
      await apply('kubectl apply', documents);
      expect(await seen.counts(kubectl)).toEqual([RUNNING]);
    });

    test('a client-side apply of the old manifest takes the hand-over back', async () => {
      const seen = await run('kubectl apply');
      const { documents, handover } = synthesize(namespace, YES);
      shell(handover);
      await apply('kubectl apply', synthesize(namespace).documents);
      await apply('kubectl apply', documents);
      expect(await seen.counts(kubectl)).toEqual([RUNNING, 1]);
    });

    test('the count of somebody who scaled it by hand is what is handed over', async () => {
      const seen = await run('kubectl apply --server-side');
      await kubectl(['-n', namespace, 'scale', `deployment/${NAME}`, '--replicas=9']);
      const { documents, handover } = synthesize(namespace, YES);
      shell(handover);
      await apply('kubectl apply --server-side', documents);
      expect(await seen.counts(kubectl)).toEqual([RUNNING, 9]);
    });
  },
);

/** A file of others, with `replicas`. */
function file(image: string) {
  const labels = { app: NAME };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME },
    spec: {
      replicas: RUNNING,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: NAME, image }] } },
    },
  };
}

interface Synthesized {
  readonly documents: readonly JsonObject[];
  /** What `Worker.around` says is to be run. */
  readonly handover: string;
}

/** What `Worker.around` makes of the file, before or after the count is handed over. */
function synthesize(namespace: string, handedOver?: string, image = 'web:1'): Synthesized {
  const app = exampleApp();
  const chart = new Chart(app, 'shop', { namespace });
  const adopt = { replicas: RUNNING, ...(handedOver !== undefined && { handedOver }) };
  const scale = { ...aroundProps.scale, adopt };
  const { handover } = Worker.around(new ApiObject(chart, 'web', file(image)), { ...aroundProps, scale });
  return { documents: app.documents(), handover };
}

const YES = 'It is a test.';

/** The counts of a Deployment one after the other, as whoever watches it sees them. */
class Watch {
  private readonly child: ChildProcess;
  private readonly seen: { count: number; version: string }[] = [];
  private onLine: () => void = () => undefined;

  constructor(
    program: string,
    kubeconfig: string,
    private readonly namespace: string,
  ) {
    const line = '{{.spec.replicas}} {{.metadata.resourceVersion}}{{"\\n"}}';
    const args = ['--kubeconfig', kubeconfig, '-n', namespace, 'get', 'deployment', NAME, '--watch'];
    this.child = spawn(program, [...args, '-o', `go-template=${line}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (this.child.stdout === null) throw new Error('kubectl has no output');
    createInterface(this.child.stdout).on('line', (text) => {
      const [count, version = ''] = text.split(' ');
      this.seen.push({ count: Number(count), version });
      this.onLine();
    });
  }

  /** All counts up to now, each as long as it held once. */
  async counts(kubectl: (args: readonly string[]) => Promise<string>): Promise<number[]> {
    const get = [
      '-n',
      this.namespace,
      'get',
      `deployment/${NAME}`,
      '-o',
      'go-template={{.metadata.resourceVersion}}',
    ];
    const last = await kubectl(get);
    await new Promise<void>((settle, fail) => {
      const late = setTimeout(() => fail(new Error(`version ${last} was not seen`)), SEEN_WITHIN);
      this.onLine = () => {
        if (!this.seen.some(({ version }) => version === last)) return;
        clearTimeout(late);
        settle();
      };
      this.onLine();
    });
    const counts = this.seen.map(({ count }) => count);
    return counts.filter((count, index) => count !== counts[index - 1]);
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}
