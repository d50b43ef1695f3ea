import { startArgoCd } from '../../tools/argocd/argocd';
import { accessTo } from '../../tools/cluster/control-plane';
import { down } from '../../tools/cluster/down';
import { type Access, kubectl } from '../../tools/cluster/kubectl';
import { whileHolding } from '../../tools/cluster/lock';
import { Progress } from '../../tools/cluster/step';
import { up } from '../../tools/cluster/up';
import { argoPrograms } from '../argocd/world';
import { defineResources, type Kubectl } from '../live/compare-live';
import { DarkroomProject } from '../pulumi/real/darkroom-project';
import { PulumiHome, pulumiPrograms } from '../pulumi/real/pulumi-home';
import { DistRepository } from './dist-repository';
import { ENVIRONMENTS } from './manifests';
import { byArgoCd, byKubectl, byPulumi, type Way } from './ways';

const NAME = 'same-objects';
/** As many as production spreads its servers over, and room for all pods. */
const NODES = 9;

/** A cluster of simulated nodes, and the three ways into it. */
export interface World {
  readonly access: Access;
  readonly kubectl: Kubectl;
  readonly ways: Readonly<Record<'kubectl' | 'Pulumi' | 'Argo CD', Way>>;
  end(): Promise<void>;
}

/** Whether the programs of all three are there; says which is not. */
export function arePrograms(): boolean {
  const all = [argoPrograms(), pulumiPrograms()];
  return !all.includes(undefined);
}

/** Starts it all; nothing is deployed yet. */
export async function makeWorld(): Promise<World> {
  const [argo, pulumi] = [argoPrograms(), pulumiPrograms()];
  if (argo === undefined || pulumi === undefined) throw new Error('a program is missing');
  const progress = new Progress(() => undefined);
  const wanted = { name: NAME, simulatedNodes: NODES, hasRealNode: false, addons: [], autoscalerSeconds: 15 };
  const cluster = await up(wanted, progress);
  const access = accessTo(cluster);
  const run: Kubectl = (args, input) => kubectl(access, args, input);
  await defineResources(
    run,
    ENVIRONMENTS.flatMap(({ documents }) => documents),
  );
  await startArgoCd(cluster, argo);
  const [home, repository] = [new PulumiHome(pulumi, access.kubeconfig), new DistRepository()];
  const context = (await run(['config', 'current-context'])).trim();
  const ways = {
    kubectl: byKubectl(access),
    Pulumi: byPulumi(new DarkroomProject(home), context),
    'Argo CD': byArgoCd(access, repository),
  };
  const end = async () => {
    await whileHolding(NAME, () => down(NAME, progress));
    home.remove();
    repository.remove();
  };
  return { access, kubectl: run, ways, end };
}
