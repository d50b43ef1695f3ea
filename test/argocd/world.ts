import { type ArgoPrograms, startArgoCd } from '../../tools/argocd/argocd';
import { accessTo } from '../../tools/cluster/control-plane';
import { down } from '../../tools/cluster/down';
import { type Access, applyObjects } from '../../tools/cluster/kubectl';
import { whileHolding } from '../../tools/cluster/lock';
import type { Cluster } from '../../tools/cluster/state';
import { Progress } from '../../tools/cluster/step';
import { up } from '../../tools/cluster/up';
import { foundProgram } from '../found-program';
import { Metrics } from './metrics';
import { Repository } from './repository';

const NAME = 'argocd-test';
/** More than Darkroom has of claims in dev. */
const VOLUMES = 6;

/** A control plane whose nodes are simulated, Argo CD beside it, and a repository that it reads. */
export interface World {
  readonly cluster: Cluster;
  readonly access: Access;
  readonly repository: Repository;
  readonly metrics: Metrics;
}

/**
 * The programs that are needed.
 *
 * @returns undefined, with a line, when one is missing
 * @throws Error in CI when one is missing
 */
export function argoPrograms(): ArgoPrograms | undefined {
  const [folder, redis] = [foundProgram('argocd/build.sh'), foundProgram('servers/redis.sh')];
  const others = [foundProgram('cluster/build.sh', 'newest'), foundProgram('cluster/kwok.sh')];
  return folder === undefined || redis === undefined || others.includes(undefined)
    ? undefined
    : { folder, redis };
}

/** Starts it all; nothing is deployed yet. */
export async function makeWorld(programs: ArgoPrograms): Promise<World> {
  const progress = new Progress(() => undefined);
  const wanted = { name: NAME, simulatedNodes: 3, hasRealNode: false, addons: [], autoscalerSeconds: 5 };
  const cluster = await up(wanted, progress);
  const access = accessTo(cluster);
  await applyObjects(
    access,
    Array.from({ length: VOLUMES }, (_, at) => volume(at)),
  );
  const metrics = await Metrics.start(cluster);
  await startArgoCd(cluster, programs);
  return { cluster, access, repository: new Repository(), metrics };
}

/** Ends it all; nothing is left. */
export async function endWorld(world: World | undefined): Promise<void> {
  world?.metrics.stop();
  world?.repository.remove();
  await whileHolding(NAME, () => down(NAME, new Progress(() => undefined)));
}

/** Nothing provisions volumes for simulated nodes. */
function volume(at: number): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `volume-${at}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '5Gi' },
      storageClassName: 'local-path',
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/volumes/${at}` },
    },
  };
}
