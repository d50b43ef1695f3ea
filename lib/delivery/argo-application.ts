import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { formatProblem } from '../plan/problem';
import { requireProps } from '../shape/require-shape';
import { applicationSpec, DELETING_FINALIZER } from './application-spec';
import { checkApplication } from './check-application';
import { defaultNamespaceOf } from './default-namespace';
import { destinationOf, IN_CLUSTER } from './destination';
import type { ArgoApplicationProps } from './props';

/**
 * A folder of manifests in git that Argo CD keeps a cluster equal to (`Application` of argoproj.io/v1alpha1).
 *
 * ```ts
 * new ArgoApplication(this, 'studio-staging', {
 *   project: 'studio',
 *   source: { repository: 'https://git.example.com/studio.git', path: 'dist/staging' },
 *   cluster: 'staging',
 * });
 * ```
 *
 * Argo CD reads the folder as it is: no plugin, and nothing of Capstan in the cluster. It applies on the server's side, so
 * that an autoscaler keeps the replicas that manifests leave out.
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class ArgoApplication extends Construct {
  /** The Application. */
  readonly resource: ApiObject;
  /** Name of the Application. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: ArgoApplicationProps) {
    requireProps('ArgoApplication', { scope, id, isSubclass: new.target !== ArgoApplication }, props);
    super(scope, id);
    const { source, cluster, namespace, whenDeleted = 'retain' } = props;
    this.name = props.name ?? id;
    const target = defaultNamespaceOf(props, cluster ?? IN_CLUSTER);
    this.resource = new ApiObject(this, 'Resource', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: this.name,
        ...(namespace !== undefined && { namespace }),
        ...(whenDeleted === 'delete' && { finalizers: [DELETING_FINALIZER] }),
      },
      spec: applicationSpec(props, source, {
        ...destinationOf(cluster),
        ...(target !== undefined && { namespace: target }),
      }),
    });
    if (typeof props.project !== 'string') this.node.addDependency(props.project);
    this.node.addValidation({ validate: () => checkApplication(props).map(formatProblem) });
  }
}
