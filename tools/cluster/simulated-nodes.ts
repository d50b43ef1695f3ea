import { dirname, join } from 'node:path';
import { accessTo } from './control-plane';
import { applyObjects, kubectl } from './kubectl';
import { serves, start } from './processes';
import { adminConfig, type Cluster, port } from './state';

const ZONES = 3;
const ANNOTATION = 'kwok.x-k8s.io/node';
/** How much each takes: a common machine of a large cluster. */
const SIZE = { cpu: '16', memory: '64Gi', 'ephemeral-storage': '100Gi', pods: '110' };

/**
 * Makes the simulated nodes, whose pods run nothing and are ready at once, and waits until they are ready.
 *
 * @param kwok path of the program that plays their kubelet
 */
export async function startSimulatedNodes(cluster: Cluster, kwok: string): Promise<void> {
  const nodes = Array.from({ length: cluster.simulatedNodes }, (_, at) => simulatedNode(at + 1));
  const access = accessTo(cluster);
  await applyObjects(access, nodes);
  const args = [
    ...[`--kubeconfig=${adminConfig(cluster)}`, `--config=${join(dirname(kwok), 'stages.yaml')}`],
    ...['--manage-all-nodes=false', `--manage-nodes-with-annotation-selector=${ANNOTATION}=fake`],
    ...[
      '--node-ip=127.0.0.1',
      '--cidr=10.200.0.0/16',
      `--server-address=127.0.0.1:${port(cluster, 'simulator')}`,
    ],
    // Without leases nodes are taken for dead after 50 s, and their pods never become ready again.
    '--node-lease-duration-seconds=40',
  ];
  start(cluster, { name: 'kwok', program: kwok, args });
  const ready = ['wait', '--for=condition=Ready', 'node', '--selector=type=simulated', '--timeout=10s'];
  await serves(cluster, 'kwok', async () => (await kubectl(access, ready)) !== '');
}

function simulatedNode(number: number): object {
  const name = `simulated-${number}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { [ANNOTATION]: 'fake' },
      labels: {
        type: 'simulated',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/region': 'here',
        'topology.kubernetes.io/zone': `here-${(number - 1) % ZONES}`,
      },
    },
    status: { allocatable: SIZE, capacity: SIZE },
  };
}
