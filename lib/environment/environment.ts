import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { appSettingsOf } from '../app-settings';
import type { Egress } from '../network/peer';
import { formatProblem } from '../plan/problem';
import type { ClusterSpec } from '../plan/spec';
import { requireProps } from '../shape/require-shape';
import type { TelemetryProps } from '../telemetry/props';
import { checkEnvironment } from './check';
import { CLOUDS, type LoadBalancerReach } from './cloud';
import { addNamespace, namespacesOf } from './namespace';
import type {
  Cloud,
  Entry,
  EnvironmentNamespace,
  EnvironmentProps,
  ExternalMetricsOwner,
  NodePool,
  Prometheus,
} from './props';

/** Where the API server may be when nobody says where it is. */
export const ANY_API_SERVER: readonly Egress[] = [
  { cidr: '0.0.0.0/0', ports: [443, 6443] },
  { cidr: '::/0', ports: [443, 6443] },
];

/** Id of the chart with the environment's own objects: its file sorts first, and so is applied first. */
const OWN_CHART = '0-environment';

/**
 * One place that the program is deployed to: its clusters, and what differs between places. Charts below it are
 * written into a folder of its own, `dist/NAME/`, and constructs in them find it by {@link of}.
 *
 * It makes its namespaces, each closed by a NetworkPolicy that denies what no other policy allows.
 *
 * ```ts
 * const staging = new Environment(app, 'staging', {
 *   namespace: 'studio',
 *   registry: 'registry.example.com/studio',
 *   cloud: 'gcp',
 *   entry: { kind: 'gateway', name: 'public' },
 * });
 * const chart = new Chart(staging, 'studio', { namespace: staging.namespace });
 * ```
 */
export class Environment extends Construct {
  /**
   * The environment that a construct stands in.
   *
   * @throws Error when it stands in none
   */
  static of(construct: IConstruct): Environment {
    const found = Environment.find(construct);
    if (found !== undefined) return found;
    throw new Error(
      `${construct.node.path}: must stand in an Environment, got none around it. ` +
        "Make it below one: new Chart(new Environment(app, 'dev'), …).",
    );
  }

  /** The environment that a construct stands in; `undefined` when it stands in none. */
  static find(construct: IConstruct): Environment | undefined {
    return construct.node.scopes
      .reverse()
      .find((scope): scope is Environment => scope instanceof Environment);
  }

  /** Name: folder of the manifests, and of the environment in the command line. */
  readonly name: string;
  /** The namespace of its charts: give it to each, `new Chart(environment, id, { namespace })`. */
  readonly namespace: string;
  /** All namespaces of its charts, with their Pod Security levels. */
  readonly namespaces: readonly EnvironmentNamespace[];
  /** Registry of the images of apps without a `repository` of their own. */
  readonly registry: string;
  /** Kubernetes versions of the clusters. */
  readonly kubernetes: ClusterSpec;
  /** Where the clusters run. */
  readonly cloud: Cloud;
  /** How requests from outside reach services. */
  readonly entry: Entry | undefined;
  /** StorageClass of claims that name none and that one node uses at a time; `undefined`: the cluster's default. */
  readonly storageClass: string | undefined;
  /** StorageClass of claims that name none and that several nodes use; `undefined`: the cluster's default, or none. */
  readonly sharedStorageClass: string | undefined;
  /** Where pods that may use the Kubernetes API find it. */
  readonly apiServer: readonly Egress[];
  /** The nodes. */
  readonly nodePools: readonly NodePool[];
  /** RuntimeClass of the pods. */
  readonly runtimeClass: string | undefined;
  /** Who serves external.metrics.k8s.io, when the program fixes it. */
  readonly externalMetrics: ExternalMetricsOwner | undefined;
  /** The Prometheus that scrapes the clusters, when the program names it. */
  readonly prometheus: Prometheus | undefined;
  /** Traces of workloads that say nothing else. */
  readonly telemetry: TelemetryProps | undefined;
  /** Whether its documents carry Argo CD's sync waves. */
  readonly syncWaves: boolean;

  constructor(scope: Construct, id: string, props: EnvironmentProps = {}) {
    requireProps('Environment', { scope, id, isSubclass: new.target !== Environment }, props);
    super(scope, id);
    const app = appSettingsOf(this);
    this.name = id;
    this.namespace = props.namespace ?? id;
    this.namespaces = namespacesOf(this.namespace, props);
    this.registry = props.registry ?? app.registry;
    this.kubernetes = { ...app.cluster, ...props.kubernetes };
    this.cloud = props.cloud ?? 'bare';
    this.entry = props.entry;
    const traits = CLOUDS[this.cloud];
    this.storageClass = props.storageClass ?? traits.storageClass;
    this.sharedStorageClass =
      props.sharedStorageClass ??
      traits.sharedStorageClass ??
      (this.cloud === 'bare' ? this.storageClass : undefined);
    this.apiServer = props.apiServer ?? ANY_API_SERVER;
    this.nodePools = props.nodePools ?? [];
    this.runtimeClass = props.runtimeClass;
    this.externalMetrics = props.externalMetrics;
    this.prometheus = props.prometheus;
    this.telemetry = props.telemetry;
    this.syncWaves = props.syncWaves ?? app.syncWaves;
    this.node.addValidation({ validate: () => checkEnvironment(this).map(formatProblem) });
    const own = new Chart(this, OWN_CHART);
    const byName = new Map(this.namespaces.map((namespace) => [namespace.name, namespace]));
    // No construct can be made with an empty name, which is a problem already.
    byName.delete('');
    for (const namespace of byName.values()) if (!namespace.existing) addNamespace(own, namespace);
  }

  /**
   * Annotations with which the environment's cloud makes the load balancer of a Service; none in a `bare` environment.
   *
   * @param reach who reaches it: everybody, or the network that the cluster is in
   */
  loadBalancerAnnotations(reach: LoadBalancerReach): Readonly<Record<string, string>> {
    return CLOUDS[this.cloud].loadBalancer[reach];
  }
}
