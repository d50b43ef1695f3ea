import { accessTo } from './control-plane';
import { kubectl } from './kubectl';
import { isRunning, startedPrograms } from './processes';
import { adminConfig, type Cluster, port } from './state';

/** What a cluster is at the moment. */
export interface Status {
  readonly name: string;
  readonly kubeconfig: string;
  readonly version: string;
  readonly nodes: readonly { readonly name: string; readonly isReady: boolean }[];
  readonly addons: readonly string[];
  /** Each program that was started, and whether it still runs. */
  readonly programs: Readonly<Record<string, boolean>>;
  /** Address of the images' registry, as seen from this machine. */
  readonly registry: string;
  /** Address of the ingress controller, as seen from this machine. */
  readonly web: string;
}

/** Looks at a cluster. */
export async function statusOf(cluster: Cluster): Promise<Status> {
  const access = accessTo(cluster);
  const version = JSON.parse(await kubectl(access, ['get', '--raw', '/version'])) as { gitVersion: string };
  const { items } = JSON.parse(await kubectl(access, ['get', 'nodes', '--output=json'])) as Nodes;
  const nodes = items.map(({ metadata, status }) => {
    const ready = status.conditions?.find(({ type }) => type === 'Ready');
    return { name: metadata.name, isReady: ready?.status === 'True' };
  });
  const programs = startedPrograms(cluster).map((name) => [name, isRunning(cluster, name)] as const);
  const { name, addons } = cluster;
  return {
    ...{ name, kubeconfig: adminConfig(cluster), version: version.gitVersion, nodes, addons },
    programs: Object.fromEntries(programs),
    registry: `127.0.0.1:${port(cluster, 'registry')}`,
    web: `http://127.0.0.1:${port(cluster, 'web')}`,
  };
}

interface Nodes {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** A status in lines for a person. */
export function statusText(status: Status): string {
  const dead = Object.entries(status.programs).filter(([, runs]) => !runs);
  const waiting = status.nodes.filter(({ isReady }) => !isReady);
  const lines = [
    `cluster     ${status.name}, Kubernetes ${status.version}`,
    `kubeconfig  ${status.kubeconfig}`,
    `nodes       ${status.nodes.length}${waiting.length > 0 ? `, not ready: ${names(waiting)}` : ', all ready'}`,
    `add-ons     ${status.addons.join(', ') || 'none'}`,
    `programs    ${Object.keys(status.programs).join(', ')}`,
  ];
  if (dead.length > 0) lines.push(`ended       ${dead.map(([name]) => name).join(', ')}`);
  return lines.join('\n');
}

function names(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => name).join(', ');
}
