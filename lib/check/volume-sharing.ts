import { objectsOf, textAt, within } from '../plan/fields';
import type { Problem } from '../plan/problem';
import { nameOf, namespaceOf, placeOf } from './objects';
import type { CheckedCluster, CheckedDocument, Finding, Rule } from './rule';
import { type CheckedWorkload, workloadsOf } from './workloads';

/** A claim of a volume that one node, or one pod, uses at a time. */
interface LoneClaim {
  readonly at: CheckedDocument;
  readonly name: string;
  readonly modes: readonly string[];
}

/** A workload that mounts a claim, and one that was found before it. */
interface Use {
  readonly claim: LoneClaim;
  readonly workload: CheckedWorkload;
  readonly other: CheckedWorkload | undefined;
}

/**
 * A volume that is at one node at a time is for one pod at a time: a second pod on another node waits in
 * ContainerCreating (`Multi-Attach error`) for as long as the first one runs.
 */
export const volumeSharing: Rule = {
  id: 'volume-sharing',
  find(cluster) {
    const claims = loneClaims(cluster);
    return claims.size === 0 ? [] : usesOf(cluster, claims).flatMap(find);
  },
};

function loneClaims({ documents, nodePools }: CheckedCluster): Map<string, LoneClaim> {
  const nodes = nodePools?.reduce((sum, { most }) => sum + most, 0);
  // On the only node of a cluster all pods may share it, unless it is for one pod.
  const alone = nodes === 1 ? ['ReadWriteOncePod'] : ['ReadWriteOnce', 'ReadWriteOncePod'];
  const claims = new Map<string, LoneClaim>();
  for (const at of documents) {
    if (at.document.kind !== 'PersistentVolumeClaim') continue;
    const modes = [within(at.document, 'spec', 'accessModes') ?? []].flat().map(String);
    const name = nameOf(at);
    if (modes.length > 0 && modes.every((mode) => alone.includes(mode))) {
      claims.set(placeOf(namespaceOf(at), name), { at, name, modes });
    }
  }
  return claims;
}

function usesOf(cluster: CheckedCluster, claims: ReadonlyMap<string, LoneClaim>): Use[] {
  const last = new Map<LoneClaim, CheckedWorkload>();
  return workloadsOf(cluster).flatMap((workload) =>
    claimNames(workload).flatMap((name) => {
      const claim = claims.get(placeOf(workload.namespace, name));
      if (claim === undefined) return [];
      const other = last.get(claim);
      last.set(claim, workload);
      return { claim, workload, other };
    }),
  );
}

function claimNames({ pod }: CheckedWorkload): string[] {
  const names = objectsOf(pod.volumes).flatMap(
    (volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') ?? [],
  );
  return [...new Set(names)];
}

function find({ claim, workload, other }: Use): Finding[] {
  const problem = problemOf(claim, workload, other);
  return problem === undefined ? [] : [{ at: workload.at, with: [claim.at], problem }];
}

function problemOf(
  { name, modes }: LoneClaim,
  { at, count }: CheckedWorkload,
  other: CheckedWorkload | undefined,
): Problem | undefined {
  const { most = Number.POSITIVE_INFINITY, surge, reason } = count;
  const refuse = (why: string, wayOut: string): Problem => ({
    prop: `volume of claim ${name}`,
    wanted: `must be one that several pods can use (ReadWriteMany), since ${why}`,
    got: modes.join(', '),
    fix: `${wayOut}, or make the claim ReadWriteMany. If all pods run on one node, acknowledge('volume-sharing').`,
  });
  if (most > 1) {
    const pods =
      most === Number.POSITIVE_INFINITY ? 'a pod on every node mounts' : `up to ${most} pods mount`;
    return refuse(
      `${pods} it (${reason})`,
      'Give each pod a claim of its own with a StatefulService, run one pod (replicas 1, strategy Recreate)',
    );
  }
  if (surge > 0) {
    return refuse(
      `a rolling update starts the new pod before the old one has ended (maxSurge ${surge})`,
      'Set the strategy to Recreate',
    );
  }
  if (
    at.document.kind === 'CronJob' &&
    (within(at.document, 'spec', 'concurrencyPolicy') ?? 'Allow') === 'Allow'
  ) {
    return refuse('a run may start while the one before it still runs', "Set concurrencyPolicy to 'Forbid'");
  }
  if (other === undefined) return undefined;
  return refuse(`${other.at.path} mounts it as well`, 'Give each of them a claim of its own');
}
