import { until } from '../../tools/cluster/step';
import { getJson, kubectl } from './session';

/** Has a shell. */
const IMAGE = 'capstan.local/busybox:1';
const CONNECT_SECONDS = 3;
const OPEN = 'open';

/** A pod by its namespace and name. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** The part of a NetworkPolicy that is looked at. */
export interface Policy {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly ingress?: readonly {
      readonly from?: readonly {
        readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
        readonly namespaceSelector?: object;
      }[];
      readonly ports?: readonly { readonly port?: number | string }[];
    }[];
  };
}

/** Who may call which port of whom, by the names of workloads. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

const INSTANCE = 'app.kubernetes.io/instance';

/** The flows that policies let in from workloads that they name, but for those between members of one. */
export function flowsOf(policies: readonly Policy[]): Flow[] {
  return policies.flatMap(({ metadata, spec }) =>
    (spec.ingress ?? []).flatMap(({ from = [], ports = [] }) =>
      from.flatMap(({ podSelector }) => {
        const name = podSelector?.matchLabels?.[INSTANCE];
        if (name === undefined || name === metadata.name) return [];
        return ports.map(({ port }) => ({ from: name, to: metadata.name, port: Number(port) }));
      }),
    ),
  );
}

/** The first pod of a workload that runs; undefined when it has none. */
export async function podOf(namespace: string, workload: string): Promise<PodName | undefined> {
  const { items } = await getJson<{ items: readonly Pod[] }>(
    'pods',
    `--namespace=${namespace}`,
    `--selector=${INSTANCE}=${workload}`,
    '--field-selector=status.phase=Running',
  );
  const [first] = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return first && { namespace, name: first.metadata.name };
}

let shells = 0;

/**
 * Tries to reach servers from inside of a pod, by a shell that joins its network.
 *
 * @param targets `host:port` each
 * @returns for each target whether it takes a connection: `open`, or what was said instead
 */
export async function reach(
  { namespace, name }: PodName,
  targets: readonly string[],
): Promise<Record<string, string>> {
  shells += 1;
  const container = `shell-${process.pid}-${shells}`;
  const script = `for target in ${targets.join(' ')}; do
    code=0
    said=$(timeout ${CONNECT_SECONDS + 5} nc -w ${CONNECT_SECONDS} "\${target%:*}" "\${target##*:}" </dev/null 2>&1 >/dev/null) || code=$?
    # One that stays connected to the end is reached as well.
    case $code in 0|124|143) echo "$target ${OPEN}" ;; *) echo "$target $said" ;; esac
  done`;
  const options = ['--profile=restricted', '--quiet', `--image=${IMAGE}`, `--container=${container}`];
  const where = ['--namespace', namespace];
  await kubectl([...where, 'debug', name, ...options, '--', '/bin/sh', '-c', script]);
  await until(() => hasEnded({ namespace, name }, container), {
    otherwise: `the shell in ${name} did not end`,
    seconds: 60 + targets.length * (CONNECT_SECONDS + 5),
  });
  const said = await kubectl([...where, 'logs', name, `--container=${container}`]);
  const lines = said.trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0], line.split(' ').slice(1).join(' ')]));
}

async function hasEnded({ namespace, name }: PodName, container: string): Promise<boolean> {
  const { status } = await getJson<Pod>('pod', name, `--namespace=${namespace}`);
  const found = (status.ephemeralContainerStatuses ?? []).find((it) => it.name === container);
  return found?.state?.terminated !== undefined;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly ephemeralContainerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly terminated?: object };
    }[];
  };
}
