import { ConfigGroup } from '@pulumi/kubernetes/yaml/v2';
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type ProviderResource,
} from '@pulumi/pulumi';
import type { CapstanApp } from '../app';
import { requireOneEnvironment } from '../environment/choose';

/** Arguments of a {@link CapstanStack}. */
export interface CapstanStackArgs {
  /** The program, as `main.ts` builds it; `synth` need not have been called. */
  readonly app: CapstanApp;
  /** The cluster, named explicitly: Pulumi's default provider takes whatever the current kubeconfig points at. */
  readonly provider: ProviderResource;
  /**
   * Name of the environment that the cluster is for.
   * @default all objects, which a program with one environment or none may leave it at
   */
  readonly environment?: string;
  /**
   * Whether `pulumi up` ends without waiting until the objects are ready.
   * @default false
   */
  readonly skipAwait?: Input<boolean>;
}

/**
 * All objects of a program, or of one of its environments, as one Pulumi component: the same documents as in `dist/`,
 * with namespaces and CRDs first. Where Argo CD deploys `dist/`, do not use this as well: two owners of one object undo each other's changes.
 *
 * ```ts
 * import * as kubernetes from '@pulumi/kubernetes';
 * import { CapstanStack } from 'capstan/pulumi';
 *
 * const provider = new kubernetes.Provider('cluster', { kubeconfig });
 * new CapstanStack('darkroom', { app, provider, environment: 'staging' });
 * ```
 *
 * @throws SpecError with every problem of the tree, for an environment that is not there, and when the program has
 * several and none is named
 */
export class CapstanStack extends ComponentResource {
  /** The objects. */
  readonly objects: ConfigGroup;

  constructor(name: string, args: CapstanStackArgs, options?: ComponentResourceOptions) {
    super('capstan:index:CapstanStack', name, {}, options);
    const { app, provider, environment, skipAwait } = args;
    if (environment === undefined) requireOneEnvironment(app.environments);
    this.objects = new ConfigGroup(
      name,
      {
        objs: [...app.documents(environment === undefined ? {} : { environment })],
        ...(skipAwait !== undefined && { skipAwait }),
      },
      { parent: this, provider },
    );
    this.registerOutputs({ resources: this.objects.resources });
  }
}
