import { existsSync, rmSync } from 'node:fs';
import { whileHolding } from './lock';
import { leftovers, restoreMachine } from './machine';
import { endAll, markedPids, startedPrograms, stop } from './processes';
import { allClusters, clusterFolder } from './state';
import { type Progress, StepError, until } from './step';

/** What runs pods; first, so that nothing is started anew. */
const NODE = ['kubelet', 'containerd'];
/** They end by themselves, and take with them what they made of this machine. */
const PATIENT = ['kube-proxy', 'netpol'];

/**
 * Takes a cluster down, in whatever state it is: its processes, its pods, what its node made of this machine, and its
 * folder. Nothing of it is worth keeping, so nothing is waited for. No cluster is no mistake.
 *
 * @returns whether there was one
 * @throws StepError that names what could not be removed
 */
export async function down(name: string, progress: Progress): Promise<boolean> {
  const folder = clusterFolder(name);
  if (!existsSync(folder)) return false;
  await stop(folder, NODE, 0);
  await stop(folder, PATIENT, 3);
  await stop(folder, startedPrograms({ folder }), 0);
  await endAll(markedPids(folder), 0);
  await restoreMachine(folder);
  await nothingIsLeft(name, folder);
  rmSync(folder, { recursive: true, force: true });
  progress.say(`the cluster ${name} is down`);
  return true;
}

/**
 * Takes down every other cluster with a real node of which no process lives any more: somebody killed them all, and
 * what they made of this machine is left.
 *
 * @throws StepError when a process of one lives
 */
export async function clearDeadNodes(name: string, progress: Progress): Promise<void> {
  const others = allClusters().filter((it) => it.hasRealNode && it.name !== name);
  for (const other of others) {
    await whileHolding(other.name, async () => {
      if (markedPids(other.folder).length === 0) await down(other.name, progress);
      else {
        const remedy = `npm run cluster -- down --name ${other.name}`;
        throw new StepError(`this machine is the node of the cluster ${other.name}: ${remedy}`);
      }
    });
  }
}

/** The kernel takes a moment to remove the network of pods that have ended. */
async function nothingIsLeft(name: string, folder: string): Promise<void> {
  let left: string[] = [];
  const check = async () => {
    left = await leftovers(folder);
    return left.length === 0;
  };
  const wait = { otherwise: 'something is left', seconds: 10 };
  await until(check, wait).catch(() => {
    throw new StepError(`the cluster ${name} leaves behind: ${left.slice(0, 5).join(', ')}`);
  });
}
