import type { Size } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-27';
import type { Egress, IngressFromAddresses, IngressFromAll, IngressFromPods } from '../network/peer';
import type { ClusterSpec } from '../plan/spec';
import type { LimitRangeSpec, QuotaSpec } from '../quota/props';
import type { TelemetryProps } from '../telemetry/props';
import type { PodSecurityLevel } from './pod-security';

/** Properties of an `Environment`. */
export interface EnvironmentProps {
  /**
   * Name of the namespace that the environment makes for its charts.
   * @default the id of the environment
   */
  readonly namespace?: string;
  /**
   * Pod Security level of the namespace.
   * @default 'restricted'
   */
  readonly podSecurity?: PodSecurityLevel;
  /**
   * What everything in the namespace may take together.
   * @default nothing is bounded
   */
  readonly quota?: QuotaSpec;
  /**
   * What each container and claim of the namespace may take, and gets when it says nothing.
   * @default nothing is bounded, and nothing added
   */
  readonly limitRange?: LimitRangeSpec;
  /**
   * Namespaces besides {@link namespace}, such as one for agents that need the node itself.
   * @default none
   */
  readonly namespaces?: readonly NamespaceProps[];
  /**
   * Registry of the images of apps without a `repository` of their own.
   * @default the registry of the CapstanApp
   */
  readonly registry?: string;
  /**
   * Kubernetes versions of the environment's clusters; every document has to be valid in all of them.
   * @default the clusters of the CapstanApp: oldest 1.32, newest 1.37
   */
  readonly kubernetes?: ClusterSpec;
  /**
   * Where the clusters run. Load balancer annotations, storage class and workload identity follow from it.
   * @default 'bare'
   */
  readonly cloud?: Cloud;
  /**
   * How requests from outside reach services.
   * @default none: a WebService with a host says that one is needed
   */
  readonly entry?: Entry;
  /**
   * StorageClass of claims that name none and that one node uses at a time.
   * @default that of the cloud; in a `bare` environment the cluster's default class
   */
  readonly storageClass?: string;
  /**
   * StorageClass of claims that name none and that several nodes use at the same time.
   * @default that of the cloud; on `aws`, which comes with none, each such claim has to name its own; in a `bare`
   * environment {@link storageClass}
   */
  readonly sharedStorageClass?: string;
  /**
   * Where pods that may use the Kubernetes API find it. NetworkPolicies see the address behind the Service
   * `kubernetes`, which no label selects.
   * @default any address on the ports 443 and 6443
   */
  readonly apiServer?: readonly Egress[];
  /**
   * The nodes, as far as workloads choose between them and capacity is planned.
   * @default none: workloads go wherever the scheduler puts them
   */
  readonly nodePools?: readonly NodePool[];
  /**
   * RuntimeClass of the pods, such as `gvisor`.
   * @default the node's own runtime
   */
  readonly runtimeClass?: string;
  /**
   * Who serves external.metrics.k8s.io; a cluster has one.
   * @default 'prometheus-adapter', or 'keda' when a worker is scaled by KEDA
   */
  readonly externalMetrics?: ExternalMetricsOwner;
  /**
   * The Prometheus that scrapes the clusters; KEDA asks it.
   * @default none: a worker that KEDA scales says that one is needed
   */
  readonly prometheus?: Prometheus;
  /**
   * Traces of all workloads that say nothing else, and where they go.
   * @default none are made
   */
  readonly telemetry?: TelemetryProps;
  /**
   * Whether documents carry Argo CD's sync waves: see `CapstanAppProps.syncWaves`.
   * @default as the CapstanApp says
   */
  readonly syncWaves?: boolean;
}

/** A Prometheus, or what answers its HTTP API. */
export interface Prometheus {
  /** Address of the HTTP API as seen from the cluster, such as `http://prometheus.monitoring.svc:9090`. */
  readonly address: string;
  /**
   * How KEDA shows who it is.
   * @default it need not
   */
  readonly authentication?: PrometheusAuthentication;
}

/** How KEDA shows a Prometheus who it is. */
export interface PrometheusAuthentication {
  /** What it shows. */
  readonly mode: 'basic' | 'bearer' | 'tls' | 'custom';
  /** Name of the ClusterTriggerAuthentication that says where KEDA has it from. */
  readonly clusterTriggerAuthentication: string;
}

/** Where clusters run; `bare` is everything that is none of the others. */
export type Cloud = 'aws' | 'gcp' | 'azure' | 'bare';

/** Who serves external.metrics.k8s.io. */
export type ExternalMetricsOwner = 'prometheus-adapter' | 'keda';

/** How requests from outside reach services: through an ingress controller, or through a gateway (Gateway API). */
export type Entry = IngressEntry | GatewayEntry;

/** An ingress controller, by its IngressClass. */
export interface IngressEntry extends EntryPoint {
  readonly kind: 'ingress';
  /** Name of the IngressClass, such as `traefik`. */
  readonly class: string;
  /**
   * Where services that say nothing else get their certificates from; `'none'` for plain HTTP, also where TLS ends
   * before the controller.
   * @default each service with a host has to say it
   */
  readonly tls?: Certificate | 'none';
  /**
   * Whether the controller speaks HTTP/2 to Services whose port has the appProtocol `kubernetes.io/h2c`, as gRPC needs.
   * @default false: services that speak gRPC need a gateway
   */
  readonly grpc?: boolean;
}

/** Where an Ingress gets its certificate from. */
export type Certificate =
  | {
      /** Name of a Secret of type kubernetes.io/tls in the namespace of the service. */
      readonly secretName: string;
    }
  | {
      /** Name of cert-manager's ClusterIssuer, which makes the Secret. */
      readonly clusterIssuer: string;
    }
  | {
      /** Name of cert-manager's Issuer in the namespace of the service, which makes the Secret. */
      readonly issuer: string;
    };

/** What both kinds of entry have. */
export interface EntryPoint {
  /**
   * Who the requests come from in the eyes of a pod: the controller's or the gateway's pods, or the addresses of a load
   * balancer that is outside of the cluster.
   * @default every pod of the cluster
   */
  readonly from?: readonly (IngressFromPods | IngressFromAddresses | IngressFromAll)[];
}

/**
 * A gateway that routes attach to (gateway.networking.k8s.io). Its listeners hold the certificates, and have to take
 * routes of the environment's namespaces.
 */
export interface GatewayEntry extends EntryPoint {
  readonly kind: 'gateway';
  /** Name of the Gateway. */
  readonly name: string;
  /**
   * Namespace of the Gateway.
   * @default the environment's own
   */
  readonly namespace?: string;
  /**
   * Listener of the Gateway.
   * @default every listener that takes the route
   */
  readonly listener?: string;
  /**
   * Whether the gateway knows timeouts of routes. Then a route waits as long as a request may take; otherwise the
   * gateway has a timeout of its own, often 15 s or 30 s. GKE's gateway refuses routes that have one.
   * @default false on `gcp`, true elsewhere
   */
  readonly timeouts?: boolean;
}

/** A namespace. */
export interface NamespaceProps {
  /** Name of the namespace. */
  readonly name: string;
  /**
   * Pod Security level.
   * @default 'restricted'
   */
  readonly podSecurity?: PodSecurityLevel;
  /**
   * Whether somebody else makes the namespace. Then the environment makes nothing in it, and {@link podSecurity} says
   * what it is known to allow.
   * @default false: the environment makes it
   */
  readonly existing?: boolean;
  /**
   * What everything in the namespace may take together.
   * @default nothing is bounded
   */
  readonly quota?: QuotaSpec;
  /**
   * What each container and claim of the namespace may take, and gets when it says nothing.
   * @default nothing is bounded, and nothing added
   */
  readonly limitRange?: LimitRangeSpec;
}

/** A namespace of an environment, as the environment knows it. */
export interface EnvironmentNamespace extends NamespaceProps {
  readonly podSecurity: PodSecurityLevel;
  readonly existing: boolean;
}

/** Nodes of one shape. */
export interface NodePool {
  /** Name of the pool. */
  readonly name: string;
  /** Labels that its nodes have. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Taints that its nodes have.
   * @default none
   */
  readonly taints?: readonly NodeTaint[];
  /**
   * Type of its machines, such as `m7g.large`, `e2-standard-4` or `Standard_D4s_v5`.
   * @default unknown
   */
  readonly machine?: string;
  /**
   * What one node can give to pods.
   * @default what the cloud's Kubernetes leaves of {@link machine}
   */
  readonly allocatable?: Allocatable;
  /**
   * What pods that no document of yours describes take on each node, such as those of kube-system.
   * @default nothing
   */
  readonly reserve?: NodeReserve;
  /** Fewest and most nodes. */
  readonly nodes: { readonly min: number; readonly max: number };
  /**
   * Zones that its nodes stand in, in turn.
   * @default none: its nodes have no label of a zone, unless {@link labels} has one
   */
  readonly zones?: readonly string[];
}

/** What one node can give to pods: what `kubectl describe node` shows as Allocatable. */
export interface Allocatable {
  /** Cores. */
  readonly cpu: Cpu;
  /** Memory. */
  readonly memory: Size;
  /**
   * Number of pods.
   * @default 110, as the kubelet's own default
   */
  readonly pods?: number;
  /**
   * Disk that pods may fill.
   * @default as much as they ask for
   */
  readonly ephemeralStorage?: Size;
  /**
   * Extended resources by name, such as `nvidia.com/gpu`.
   * @default none
   */
  readonly extended?: Readonly<Record<string, number>>;
}

/** What is taken of each node before anything else. */
export interface NodeReserve {
  /**
   * Cores.
   * @default none
   */
  readonly cpu?: Cpu;
  /**
   * Memory.
   * @default none
   */
  readonly memory?: Size;
  /**
   * Number of pods.
   * @default none
   */
  readonly pods?: number;
}

/** A taint of a node. */
export interface NodeTaint {
  /** Key of the taint. */
  readonly key: string;
  /**
   * Value of the taint.
   * @default none
   */
  readonly value?: string;
  /** What happens to pods that do not tolerate it. */
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}
