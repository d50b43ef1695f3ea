import { accessTo } from '../../../tools/cluster/control-plane';
import { down } from '../../../tools/cluster/down';
import { kubectl } from '../../../tools/cluster/kubectl';
import { whileHolding } from '../../../tools/cluster/lock';
import { Progress } from '../../../tools/cluster/step';
import { up } from '../../../tools/cluster/up';
import type { Kubectl } from '../../live/compare-live';

/** Kubernetes with all its controllers, on nodes whose pods run nothing and are ready at once. */
export interface ControlPlane {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Its current context. */
  readonly context: string;
  readonly kubectl: Kubectl;
  stop(): Promise<void>;
}

const SIMULATED_NODES = 3;
const VOLUMES = 6;

/** Starts a cluster of this name; one that an earlier run left is replaced. */
export async function startControlPlane(name: string): Promise<ControlPlane> {
  const progress = new Progress(() => undefined);
  const wanted = {
    name,
    simulatedNodes: SIMULATED_NODES,
    hasRealNode: false,
    addons: [],
    autoscalerSeconds: 15,
  };
  const access = accessTo(await up(wanted, progress));
  const run: Kubectl = (args, input) => kubectl(access, args, input);
  await run(['apply', '--server-side', '-f', '-'], JSON.stringify(storage('local-path')));
  const context = (await run(['config', 'current-context'])).trim();
  const stop = async () => {
    await whileHolding(name, () => down(name, progress));
  };
  return { kubeconfig: access.kubeconfig, context, kubectl: run, stop };
}

/** A storage class whose volumes are there already: nothing runs that could make them. */
function storage(storageClassName: string): object {
  const modes = ['ReadWriteOnce', 'ReadWriteMany'];
  const volume = (at: number) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `volume-${at}` },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: modes,
      storageClassName,
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/nowhere/${at}` },
    },
  });
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: storageClassName },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  const items = [storageClass, ...Array.from({ length: VOLUMES }, (_, at) => volume(at))];
  return { apiVersion: 'v1', kind: 'List', items };
}
