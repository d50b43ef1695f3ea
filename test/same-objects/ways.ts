import type { Access } from '../../tools/cluster/kubectl';
import { kubectl } from '../../tools/cluster/kubectl';
import { applicationBecomes, isSynced } from '../argocd/applications';
import type { Addition } from '../live/compare-live';
import { PULUMI_ADDS } from '../pulumi/real/additions';
import type { DarkroomProject } from '../pulumi/real/darkroom-project';
import type { DistRepository } from './dist-repository';
import type { Manifests } from './manifests';

/** How manifests come into a cluster, and out of it again. */
export interface Way {
  /** All that the cluster holds then beyond the manifests, by name. */
  readonly adds: readonly Addition[];
  deploy(manifests: Manifests): Promise<void>;
  remove(manifests: Manifests): Promise<void>;
}

/** What an autoscaler says of a Deployment, whoever has deployed it. */
const SCALED: Addition = { at: /^\/spec\/replicas$/, kind: 'Deployment' };
const END_SECONDS = 300;

/** As docs/deploy.md says it. */
export function byKubectl(access: Access): Way {
  return {
    adds: [SCALED],
    deploy: async ({ folder }) => {
      await kubectl(access, ['apply', '--server-side', '-k', folder]);
    },
    remove: async ({ folder }) => {
      await kubectl(access, ['delete', '--ignore-not-found', '-k', folder], undefined, END_SECONDS);
    },
  };
}

/** `pulumi up` in `deploy/pulumi`, a stack each. */
export function byPulumi(project: DarkroomProject, context: string): Way {
  return {
    adds: PULUMI_ADDS,
    deploy: async ({ name }) => {
      await project.pulumi('stack', 'init', name);
      await project.pulumi('config', 'set', 'context', context);
      // As stacks of production are: they would not let go of anything.
      await project.pulumi('config', 'set', 'protect', 'false');
      await project.pulumi('up', '--yes', '--skip-preview');
    },
    remove: async () => {
      await project.pulumi('destroy', '--yes', '--skip-preview');
    },
  };
}

/** An Application over a repository that holds dist/. */
export function byArgoCd(access: Access, repository: DistRepository): Way {
  return {
    adds: [SCALED, { at: /^\/metadata\/annotations\/argocd\.argoproj\.io~1tracking-id$/ }],
    deploy: async ({ name }) => {
      await kubectl(access, ['apply', '--server-side', '-f', '-'], repository.delivery(name));
      const { head } = repository;
      await applicationBecomes(access, name, `Synced at ${head}`, (it) => isSynced(it, head));
    },
    remove: async ({ name }) => {
      // It deletes what it has deployed first.
      const application = ['application', name, '--namespace', 'argocd'];
      await kubectl(access, ['delete', ...application, `--timeout=${END_SECONDS}s`], undefined, END_SECONDS);
    },
  };
}
