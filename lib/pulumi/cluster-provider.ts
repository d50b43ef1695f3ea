import { Provider, type ProviderArgs } from '@pulumi/kubernetes';
import { type CustomResourceOptions, log, type Output, output, type Resource, secret } from '@pulumi/pulumi';
import { formatProblem } from '../plan/problem';
import { SpecError } from '../spec-error';
import { inPlainWords } from './plain-words';

/**
 * A provider for one cluster, as a {@link CapstanStack} wants it:
 *
 * - ConfigMaps and Secrets are changed in place. Pulumi's own default deletes them and makes them again, and pods that
 *   start in between fail.
 * - The cluster is known by the name of its context, or else of the provider. Pulumi's own default takes a kubeconfig
 *   that changed for another cluster, and makes every object again.
 * - The kubeconfig is a secret in the state.
 *
 * Each of them may be overridden by `args`.
 *
 * ```ts
 * import { clusterProvider } from 'capstan/pulumi';
 *
 * const provider = clusterProvider('cluster', { context: 'staging' });
 * ```
 *
 * @throws SpecError when `args` name no cluster: neither `kubeconfig` nor `context`
 */
export function clusterProvider(name: string, args: ProviderArgs, options?: CustomResourceOptions): Provider {
  inPlainWords(() => {
    if (args?.kubeconfig === undefined && args?.context === undefined) throw namesNoCluster(name);
  });
  const { kubeconfig, context } = args;
  return new Provider(
    name,
    {
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      clusterIdentifier: context ?? name,
      ...args,
      ...(kubeconfig !== undefined && { kubeconfig: secret(kubeconfig) }),
    },
    options,
  );
}

function namesNoCluster(name: string): SpecError {
  const problem = {
    prop: 'context',
    wanted: 'must be there, unless kubeconfig is',
    got: 'nothing',
    fix: 'Name the cluster: without it, the objects go wherever the current context points to.',
  };
  return new SpecError([{ path: name, message: formatProblem(problem) }]);
}

/** Settings without which a change deletes an object and makes it again, by the kind of the object. */
const MUTABLE = { ConfigMap: 'enableConfigMapMutable', Secret: 'enableSecretMutable' } as const;

/** Warns when a change of one of these kinds would delete the object for a moment, as the provider is set. */
export function warnOfReplacement(provider: Provider, kind: keyof typeof MUTABLE, at: Resource): void {
  const setting = MUTABLE[kind];
  // The provider has its arguments as outputs, of which its type knows nothing.
  const isSet = output(Reflect.get(provider, setting) as Output<string | undefined>);
  isSet.apply((value) => {
    if (value === 'true') return;
    const what = `A ${kind} that changes is deleted and made again, and pods that start in between fail.`;
    log.warn(`${what} Set ${setting} of the provider, as clusterProvider does.`, at);
  });
}
