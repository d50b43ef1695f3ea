import { Provider } from '@pulumi/kubernetes';
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResource,
  type CustomResourceOptions,
  mergeOptions,
} from '@pulumi/pulumi';
import type { CapstanApp } from '../app';
import { requireOneEnvironment } from '../environment/choose';
import type { JsonObject } from '../json-value';
import { formatProblem } from '../plan/problem';
import { SpecError } from '../spec-error';
import { identityOf } from '../synth/identity';
import type { SynthesizedObject } from '../synth/object-graph';
import { warnOfReplacement } from './cluster-provider';
import { ConstructTree } from './construct-tree';
import { aliasesOf, formerNamesOf, nameOf } from './object-names';
import { inPlainWords } from './plain-words';
import { classOf } from './typed-class';
import { type Waiting, withWaiting } from './waiting';

/** Options of Pulumi for one object: all but those that the stack sets. */
export type ObjectOptions = Omit<
  CustomResourceOptions,
  'parent' | 'provider' | 'id' | 'urn' | 'version' | 'pluginDownloadURL'
>;

/** Arguments of a {@link CapstanStack}. */
export interface CapstanStackArgs {
  /** The program, as `main.ts` builds it; `synth` need not have been called. */
  readonly app: CapstanApp;
  /**
   * The cluster, named explicitly: Pulumi's default provider takes whatever the current kubeconfig points at.
   * {@link clusterProvider} makes one with the settings that fit.
   */
  readonly provider: Provider;
  /**
   * Name of the environment that the cluster is for.
   * @default all objects, which a program with one environment or none may leave it at
   */
  readonly environment?: string;
  /**
   * What `pulumi up` waits for.
   * @default every kind that Pulumi can wait for but Service, Ingress and PersistentVolumeClaim, which may become ready
   * only by what comes after them
   */
  readonly wait?: Waiting;
  /**
   * Options of Pulumi for each object, such as `protect`, `ignoreChanges`, `retainOnDelete`, `import` or
   * `customTimeouts`. What is to be the same for all of them goes into the options of the stack: `protect` and
   * `transforms` there count for every object.
   * @default none
   */
  readonly options?: (object: SynthesizedObject) => ObjectOptions;
}

/**
 * All objects of a program, or of one of its environments, as one Pulumi component: each document of `dist/` is
 * registered as the class of `@pulumi/kubernetes` for its kind, unchanged but for the annotation that says what not to
 * wait for. Namespaces, CRDs and what the program says (`node.addDependency`) come first; constructs are components, so
 * that `pulumi up` shows the program's own tree. docs/pulumi.md tells of the traps.
 *
 * Where Argo CD deploys `dist/`, do not use this as well: two owners of one object undo each other's changes.
 *
 * ```ts
 * import { CapstanStack, clusterProvider } from 'capstan/pulumi';
 *
 * const provider = clusterProvider('cluster', { context: 'staging' });
 * new CapstanStack('darkroom', { app, provider, environment: 'staging' });
 * ```
 *
 * @throws SpecError with every problem of the tree, for an environment that is not there, when the program has several
 * and none is named, and for a provider that is none of `@pulumi/kubernetes`
 */
export class CapstanStack extends ComponentResource {
  /** Each object and the resource that it is registered as, dependencies first. */
  readonly resources: ReadonlyMap<SynthesizedObject, CustomResource>;

  constructor(name: string, args: CapstanStackArgs, options: ComponentResourceOptions = {}) {
    super('capstan:index:CapstanStack', name, {}, options);
    const { provider, environment } = args;
    const objects = inPlainWords(() => objectsOf(name, args));
    const tree = new ConstructTree(this, name, environment);
    const resources = new Map<SynthesizedObject, CustomResource>();
    const stackNames = [name, ...formerNamesOf(options)] as const;
    for (const object of objects) {
      resources.set(object, this.register(object, { args, tree, stackNames, resources }));
    }
    this.resources = resources;
    this.warn(provider, objects);
    this.registerOutputs({});
  }

  /**
   * The resource of an object, for outputs of the Pulumi program and for what depends on it.
   *
   * @param kind such as `Service`
   * @throws SpecError when no object of the kind has the name
   */
  resource(kind: string, name: string): CustomResource {
    for (const [{ document }, resource] of this.resources) {
      const found = identityOf(document);
      if (found.kind === kind && found.name === name) return resource;
    }
    throw new SpecError([{ path: '', message: `there is no ${kind} ${name}. Look it up in dist/.` }]);
  }

  private register(object: SynthesizedObject, context: Registration): CustomResource {
    const { args, tree, stackNames, resources } = context;
    const { document } = object;
    const { parent, depth } = tree.parentOf(object.path);
    const options: CustomResourceOptions = {
      parent,
      provider: args.provider,
      dependsOn: object.dependsOn.flatMap((it) => resources.get(it) ?? []),
      aliases: aliasesOf({ document, stack: this.urn, stackNames, depth }),
      // Names are fixed, so the old object has to go before the new one can come.
      deleteBeforeReplace: true,
    };
    const ObjectClass = classOf(document);
    return new ObjectClass(
      nameOf(stackNames[0], document),
      withWaiting(document, args.wait ?? {}),
      mergeOptions(options, args.options?.(object)),
    );
  }

  private warn(provider: Provider, objects: readonly SynthesizedObject[]): void {
    const changeable = ({ kind, immutable }: JsonObject, wanted: string) =>
      kind === wanted && immutable !== true;
    for (const kind of ['ConfigMap', 'Secret'] as const) {
      if (objects.some(({ document }) => changeable(document, kind))) warnOfReplacement(provider, kind, this);
    }
  }
}

/** What an object is registered with. */
interface Registration {
  readonly args: CapstanStackArgs;
  readonly tree: ConstructTree;
  readonly stackNames: readonly [string, ...string[]];
  readonly resources: ReadonlyMap<SynthesizedObject, CustomResource>;
}

/** @throws SpecError with what is wrong with the arguments, or with the program */
function objectsOf(
  stack: string,
  { app, provider, environment }: CapstanStackArgs,
): readonly SynthesizedObject[] {
  if (!Provider.isInstance(provider)) throw wrongProvider(stack, provider);
  if (environment !== undefined) return app.objects({ environment });
  requireOneEnvironment(app.environments);
  return app.objects();
}

function wrongProvider(stack: string, provider: unknown): SpecError {
  const problem = {
    prop: 'provider',
    wanted: 'must be a Provider of @pulumi/kubernetes',
    got: provider === undefined ? 'nothing' : 'something else',
    fix: 'Make it with clusterProvider of capstan/pulumi, or with new Provider.',
  };
  return new SpecError([{ path: stack, message: formatProblem(problem) }]);
}
