import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { formatProblem } from '../plan/problem';
import { requireProps } from '../shape/require-shape';
import { applicationSpec } from './application-spec';
import { checkApplicationSet } from './check-application';
import { generated } from './generators';
import type { ArgoApplicationSetProps } from './props';

/**
 * An Application for each place: each environment of a list, each cluster with certain labels, or each folder in git
 * (`ApplicationSet` of argoproj.io/v1alpha1).
 *
 * ```ts
 * const source = { repository: 'https://git.example.com/studio.git' };
 * new ArgoApplicationSet(this, 'studio', {
 *   project: 'studio',
 *   source,
 *   each: {
 *     kind: 'places',
 *     places: [
 *       { name: 'staging', path: 'dist/staging', cluster: 'staging' },
 *       { name: 'production', path: 'dist/production', cluster: 'production' },
 *     ],
 *   },
 * });
 * new ArgoApplicationSet(this, 'studio-edge', {
 *   project: 'studio',
 *   source,
 *   each: { kind: 'clusters', labels: { site: 'edge' }, path: 'dist/edge' },
 * });
 * ```
 *
 * A site at the edge that joins is a cluster that Argo CD is told of, with the label; nothing else is written for it.
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class ArgoApplicationSet extends Construct {
  /** The ApplicationSet. */
  readonly resource: ApiObject;
  /** Name of the ApplicationSet, and the beginning of the names of its Applications. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: ArgoApplicationSetProps) {
    requireProps('ArgoApplicationSet', { scope, id, isSubclass: new.target !== ArgoApplicationSet }, props);
    super(scope, id);
    const { source, namespace, whenDeleted = 'retain' } = props;
    this.name = props.name ?? id;
    const { generator, name, path, revision, destination } = generated(props);
    this.resource = new ApiObject(this, 'Resource', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name: this.name, ...(namespace !== undefined && { namespace }) },
      spec: {
        goTemplate: true,
        // A field that is missing is a mistake, not an empty text.
        goTemplateOptions: ['missingkey=error'],
        generators: [generator],
        // The controller gives Applications the finalizer that deletes, unless it is told to preserve.
        syncPolicy: { preserveResourcesOnDeletion: whenDeleted === 'retain' },
        template: {
          metadata: { name: `${this.name}-${name}` },
          spec: applicationSpec(props, { ...source, path, revision }, destination),
        },
      },
    });
    if (typeof props.project !== 'string') this.node.addDependency(props.project);
    this.node.addValidation({ validate: () => checkApplicationSet(props).map(formatProblem) });
  }
}
