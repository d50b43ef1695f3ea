import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { formatProblem } from '../plan/problem';
import { requireProps } from '../shape/require-shape';
import { checkProject } from './check-project';
import { destinationOf } from './destination';
import type { AppProjectProps, ArgoDestination } from './props';

/**
 * What Argo CD may deploy together: from which repositories, to which clusters and namespaces, and which kinds outside
 * of namespaces (`AppProject` of argoproj.io/v1alpha1).
 *
 * ```ts
 * const project = new AppProject(this, 'studio', {
 *   repositories: ['https://git.example.com/studio.git'],
 *   destinations: [{ cluster: 'staging', namespaces: ['studio'] }],
 *   clusterKinds: [{ kind: 'Namespace' }],
 * });
 * ```
 *
 * An `ArgoApplication` that its project does not allow is a problem at synth; Argo CD would only say so when it runs.
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class AppProject extends Construct {
  /** The AppProject. */
  readonly resource: ApiObject;
  /** Name of the project. */
  readonly name: string;
  /** URLs of the repositories that manifests come from. */
  readonly repositories: readonly string[];
  /** Where manifests may go. */
  readonly destinations: readonly ArgoDestination[];

  constructor(scope: Construct, id: string, props: AppProjectProps) {
    requireProps('AppProject', { scope, id, isSubclass: new.target !== AppProject }, props);
    super(scope, id);
    const { description, repositories, destinations, clusterKinds = [], name = id, namespace } = props;
    this.name = name;
    this.repositories = repositories;
    this.destinations = destinations;
    this.resource = new ApiObject(this, 'Resource', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name, ...(namespace !== undefined && { namespace }) },
      spec: {
        ...(description !== undefined && { description }),
        sourceRepos: [...repositories],
        destinations: destinations.flatMap(({ cluster, namespaces }) =>
          namespaces.map((it) => ({ ...destinationOf(cluster), namespace: it })),
        ),
        clusterResourceWhitelist: clusterKinds.map(({ group = '', kind }) => ({ group, kind })),
      },
    });
    this.node.addValidation({ validate: () => checkProject(props).map(formatProblem) });
  }
}
