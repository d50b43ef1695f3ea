import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answers } from '../cluster/answers';
import { accessTo } from '../cluster/control-plane';
import { applyObjects, kubectl } from '../cluster/kubectl';
import { serves, start, stop } from '../cluster/processes';
import { adminConfig, type Cluster } from '../cluster/state';
import { until } from '../cluster/step';

const { freePorts } = require('../free-ports.cjs');

/** Where Argo CD keeps what it is told. */
export const NAMESPACE = 'argocd';

const PARTS = ['argocd-redis', 'argocd-repo-server', 'argocd-controller', 'argocd-applicationset'] as const;

const PORTS = [
  'redis',
  'repository',
  'repositoryMetrics',
  'controllerMetrics',
  'setMetrics',
  'setProbes',
  'setWebhooks',
] as const;
type PortName = (typeof PORTS)[number];

/** How often Argo CD looks into git, instead of every 3 minutes. */
const POLL_SECONDS = 5;

/** The programs that Argo CD is made of here. */
export interface ArgoPrograms {
  /** What tools/argocd/build.sh prints. */
  readonly folder: string;
  /** Path of redis-server. */
  readonly redis: string;
}

/**
 * Starts Argo CD beside a cluster, on loopback: application controller, ApplicationSet controller, repo server and Redis;
 * without API server, user interface and login. It ends with the cluster at the latest.
 *
 * @throws StepError that says what failed, and where its log is
 */
export async function startArgoCd(cluster: Cluster, programs: ArgoPrograms): Promise<void> {
  await applyDefinitions(cluster, programs.folder);
  const ports: number[] = await freePorts(PORTS.length);
  const port = (name: PortName) => ports[PORTS.indexOf(name)] ?? 0;
  start(cluster, { name: 'argocd-redis', program: programs.redis, args: redisArguments(port('redis')) });
  const env = environment(cluster);
  for (const { name, role, args, health } of [repoServer(port), controller(port), applicationSets(port)]) {
    const program = join(programs.folder, 'argocd');
    // The program plays the part that it is called by.
    start(cluster, { name, program, args, env: { ...env, ARGOCD_BINARY_NAME: role } });
    await serves(cluster, name, () => answers(health));
  }
}

/** Ends Argo CD; what it has deployed stays. */
export function stopArgoCd(cluster: Cluster): Promise<void> {
  return stop(cluster.folder, [...PARTS].reverse(), 5);
}

/** The CRDs are too large for a client-side apply. */
async function applyDefinitions(cluster: Cluster, folder: string): Promise<void> {
  const access = accessTo(cluster);
  await applyObjects(access, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }]);
  const apply = ['apply', '--server-side', '--force-conflicts', '--namespace', NAMESPACE, '--kustomize'];
  for (const part of ['crds', 'config']) await kubectl(access, [...apply, join(folder, 'manifests', part)]);
  const kinds = 'applications.argoproj.io,applicationsets.argoproj.io,appprojects.argoproj.io';
  await until(
    async () => (await kubectl(access, ['get', kinds, '--namespace', NAMESPACE, '--output=name'])) === '',
    {
      otherwise: "Argo CD's definitions were not served",
      seconds: 60,
    },
  );
}

function redisArguments(port: number): string[] {
  return ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', '.'];
}

/** A part of Argo CD. */
interface Part {
  /** What it is called in messages, and names its log. */
  readonly name: string;
  readonly role: string;
  readonly args: readonly string[];
  /** What answers once it works. */
  readonly health: string;
}

type Port = (name: PortName) => number;

/** Reads git, and makes objects of what it finds. */
function repoServer(port: Port): Part {
  return {
    ...{ name: 'argocd-repo-server', role: 'argocd-repo-server' },
    args: [
      ...['--address', '127.0.0.1', `--port=${port('repository')}`, '--disable-tls'],
      ...['--metrics-address', '127.0.0.1', `--metrics-port=${port('repositoryMetrics')}`],
      // What a branch points to is asked anew each time.
      ...[`--redis=127.0.0.1:${port('redis')}`, '--revision-cache-expiration=1s'],
    ],
    health: `http://127.0.0.1:${port('repositoryMetrics')}/healthz`,
  };
}

/** Keeps clusters equal to git. */
function controller(port: Port): Part {
  return {
    ...{ name: 'argocd-controller', role: 'argocd-application-controller' },
    args: [
      ...[
        `--namespace=${NAMESPACE}`,
        `--repo-server=127.0.0.1:${port('repository')}`,
        '--repo-server-plaintext',
      ],
      // It has no other address for its metrics than all.
      ...[`--redis=127.0.0.1:${port('redis')}`, `--metrics-port=${port('controllerMetrics')}`],
      ...[`--app-resync=${POLL_SECONDS}`, '--app-resync-jitter=0', '--self-heal-timeout-seconds=1'],
      ...['--status-processors=4', '--operation-processors=2'],
      // So that `status.resources` says what is not healthy.
      '--persist-resource-health',
    ],
    health: `http://127.0.0.1:${port('controllerMetrics')}/healthz`,
  };
}

/** Makes Applications of ApplicationSets. */
function applicationSets(port: Port): Part {
  return {
    ...{ name: 'argocd-applicationset', role: 'argocd-applicationset-controller' },
    args: [
      ...[`--namespace=${NAMESPACE}`, `--argocd-repo-server=127.0.0.1:${port('repository')}`],
      ...['--repo-server-plaintext', `--metrics-addr=127.0.0.1:${port('setMetrics')}`],
      ...[`--probe-addr=127.0.0.1:${port('setProbes')}`, `--webhook-addr=127.0.0.1:${port('setWebhooks')}`],
    ],
    health: `http://127.0.0.1:${port('setMetrics')}/metrics`,
  };
}

function environment(cluster: Cluster): Record<string, string> {
  const folder = join(cluster.folder, 'argocd');
  const own = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  return {
    KUBECONFIG: adminConfig(cluster),
    // It takes the cluster of the kubeconfig for its own.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_TLS_DATA_PATH: own('tls'),
    ARGOCD_SSH_DATA_PATH: own('ssh'),
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_GNUPGHOME: own('gpg'),
    ARGOCD_PLUGINSOCKFILEPATH: own('plugins'),
    TMPDIR: own('tmp'),
    HOME: own('home'),
  };
}
