/**
 * Capstan: one typed spec couples the bound inside a Go worker's pod with the scaling around it, and proves that the
 * two agree before anything is deployed.
 *
 * @packageDocumentation
 */

export { type AcknowledgedRule, acknowledge } from './acknowledge';
export type { HostFolder, NodeNeeds } from './agent/needs';
export { NodeAgent } from './agent/node-agent';
export type {
  AgentApp,
  AgentImage,
  AgentProbes,
  AgentResources,
  NodeAgentOptions,
  NodeAgentProps,
} from './agent/props';
export { CapstanApp, type CapstanAppProps, type DocumentsOptions } from './app';
export { type CapacityOfOptions, capacityOf } from './capacity/capacity-of';
export { refine } from './checked-refine';
export { AppProject } from './delivery/app-project';
export { ArgoApplication } from './delivery/argo-application';
export { ArgoApplicationSet } from './delivery/argo-application-set';
export type {
  AppProjectProps,
  ArgoApplicationProps,
  ArgoApplicationSetProps,
  ArgoClusters,
  ArgoDelivery,
  ArgoDestination,
  ArgoFolders,
  ArgoIgnored,
  ArgoKind,
  ArgoPlace,
  ArgoPlaces,
  ArgoRepository,
  ArgoSource,
  ArgoSync,
} from './delivery/props';
export type { LoadBalancerReach } from './environment/cloud';
export { Environment } from './environment/environment';
export type { PodSecurityLevel } from './environment/pod-security';
export type {
  Allocatable,
  Certificate,
  Cloud,
  Entry,
  EntryPoint,
  EnvironmentNamespace,
  EnvironmentProps,
  ExternalMetricsOwner,
  GatewayEntry,
  IngressEntry,
  NamespaceProps,
  NodePool,
  NodeReserve,
  NodeTaint,
  Prometheus,
  PrometheusAuthentication,
} from './environment/props';
export {
  type AppClient,
  type AppKind,
  type Broker,
  GoApp,
  type GoAppOptions,
  type GoAppRef,
  type HandlerKind,
  type ImageOptions,
  type OtherAppOptions,
  type ShippedApp,
  type WorkerAppOptions,
} from './go-app';
export type { ImageResolution, ImageResolver } from './image-resolver';
export type { JsonObject, JsonValue } from './json-value';
export type {
  AppModel,
  AppUse,
  AroundModel,
  ProgramModel,
  ServiceModel,
  WorkerModel,
  WorkloadModel,
} from './model';
export type { Connection, Endpoint } from './network/endpoint';
export { NetworkAccess, type NetworkAccessProps } from './network/network-access';
export type {
  Egress,
  EgressToAddresses,
  EgressToPods,
  Ingress,
  IngressFromAddresses,
  IngressFromAll,
  IngressFromPods,
} from './network/peer';
export type {
  BudgetCalls,
  ClusterSpec,
  DownstreamBudget,
  Figure,
  FigureName,
  Figures,
  NatsFigures,
  NoFigures,
  OwnFigures,
  Problem,
  ServiceFigureName,
  ServiceFigures,
  ServicePlan,
  ServiceSignal,
  StatefulFigureName,
  StatefulFigures,
  StatefulPlan,
  StreamRetention,
  WorkerPlan,
} from './plan';
export type { AgentFigureName, AgentFigures, AgentPlan } from './plan/agent/agent-plan';
export type { CockroachFigures } from './plan/stateful/cockroach';
export type { KafkaFigures } from './plan/stateful/kafka';
export type { PostgresFigures } from './plan/stateful/postgres';
export type { RedisFigures } from './plan/stateful/redis';
export { PriorityClass, type PriorityClassProps } from './priority/priority-class';
export type { LimitRangeSpec, QuotaProps, QuotaSpec, ResourceAmounts } from './quota/props';
export { Quota } from './quota/quota';
export type { RbacProps, RbacRule, RbacVerb } from './rbac/props';
export { Rbac } from './rbac/rbac';
export { fill, type Refinement, remove, set } from './refine';
export { acceptFields } from './schema/accept';
export { CustomSchemas } from './schema/custom-schemas';
export type { DocumentSchemas } from './schema/document';
export {
  type DocumentProblem,
  type DocumentReport,
  formatDocumentProblem,
  type UncheckedDocument,
  validateDocuments,
} from './schema/validate';
export type { FieldProblem, SchemaRule } from './schema/walk';
export type { WebServiceExposure } from './service/expose/props';
export type { WebServiceLoadBalancer } from './service/load-balancer';
export type {
  RequestProfile,
  WebServiceProps,
  WebServiceRollout,
  WebServiceScale,
  WebServiceShutdown,
} from './service/props';
export type { Protocol } from './service/protocol';
export { WebService } from './service/web-service';
export type {
  SettingsEnvForOptions,
  SettingsMountOnOptions,
  SettingsMountOptions,
  SettingsProps,
} from './settings/props';
export { Settings } from './settings/settings';
export {
  type BrokerSource,
  type FolderSource,
  type FolderSourceOptions,
  type JetStreamSource,
  type KafkaSource,
  type MemorySource,
  type MemorySourceOptions,
  type RedisStreamSource,
  Source,
  type TaskSource,
  type TaskTarget,
} from './source';
export type {
  ClientCredentials,
  ClientTls,
  FileCredentials,
  PasswordCredentials,
} from './source/client-access';
export type { JetStreamSourceOptions, JetStreamTarget } from './source/jetstream';
export type { KafkaSourceOptions, KafkaTarget } from './source/kafka';
export type { BrokerPeer } from './source/outside-connection';
export type { RedisSentinel, RedisStreamSourceOptions, RedisStreamTarget } from './source/redis-stream';
export { SpecError, type TreeProblem } from './spec-error';
export { CockroachCluster } from './stateful/cockroach/cockroach-cluster';
export type {
  CockroachCertificates,
  CockroachClusterProps,
} from './stateful/cockroach/props';
export { KafkaCluster } from './stateful/kafka/kafka-cluster';
export type { KafkaClusterProps, KafkaCredentials, KafkaTopicProps } from './stateful/kafka/props';
export { KafkaTopic } from './stateful/kafka/topic';
export { NatsCluster } from './stateful/nats/nats-cluster';
export type {
  DeadLetterBounds,
  NatsAuth,
  NatsClusterProps,
  NatsConsumerProps,
  NatsStreamProps,
} from './stateful/nats/props';
export type { AskedConsumer, NatsReach, NatsStream } from './stateful/nats/stream';
export { PostgresServer } from './stateful/postgres/postgres-server';
export type { PostgresCredentials, PostgresServerProps } from './stateful/postgres/props';
export type {
  ClaimRetention,
  InitContainer,
  ServerContainer,
  ServerCpu,
  ServerProbes,
  ServerResources,
  Sidecar,
  SideMounts,
  StatefulClaim,
  StatefulConfig,
  StatefulPort,
  StatefulServiceProps,
  StatefulUpdate,
} from './stateful/props';
export type { RedisEviction } from './stateful/redis/configuration';
export type { RedisCredentials, RedisServerProps } from './stateful/redis/props';
export { RedisServer } from './stateful/redis/redis-server';
export { type RedisPublisherProps, RedisStream } from './stateful/redis/redis-stream';
export type { ConnectionBudgetOptions } from './stateful/sql/budget';
export type { SqlCredentials, SqlFigures, SqlServer, SqlServerProps } from './stateful/sql/sql-server';
export { StatefulService } from './stateful/stateful-service';
export type {
  ClaimMountOptions,
  CsiSource,
  ExistingVolume,
  HostPathSource,
  LocalSource,
  NewVolume,
  NfsSource,
  StaticVolumeProps,
  StaticVolumeSource,
  VolumeClaimOptions,
  VolumeClaimProps,
} from './storage/props';
export { StaticVolume } from './storage/static-volume';
export { VolumeClaim } from './storage/volume-claim';
export { ManifestWriteError } from './synth/manifest-write-error';
export type { SynthesizedObject } from './synth/object-graph';
export type { Propagator, TelemetryCollector, TelemetryProps, TracedProps } from './telemetry/props';
export { type FieldAt, refinementsOf, type TypedRefinements } from './typed-refinement';
export type {
  AdoptedReplicas,
  AroundScale,
  BacklogSignal,
  BusySignal,
  ProgramBound,
  WorkerAroundProps,
  WorkerSignals,
} from './worker/around/props';
export { WorkerAround } from './worker/around/worker-around';
export type { Downstream, DownstreamClaim } from './worker/downstream';
export type { JobHistory, JobProps, WorkerCronJobProps, WorkerJobProps } from './worker/job/props';
export { WorkerCronJob } from './worker/job/worker-cron-job';
export { WorkerJob } from './worker/job/worker-job';
export type {
  HpaScale,
  KedaScale,
  ScaleBounds,
  WaitGoal,
  WorkerProps,
  WorkerRollout,
  WorkerScale,
} from './worker/props';
export type {
  AdaptiveSlots,
  CircuitBreaker,
  LogLevel,
  RetryBudget,
  TaskRate,
  WorkerLiveSettings,
  WorkerProtection,
} from './worker/protect/props';
export type { ShardedWorkerProps, ShardSource } from './worker/sharded/props';
export { ShardedWorker } from './worker/sharded/sharded-worker';
export type {
  SourcedProps,
  TaskPodProps,
  WorkerRetry,
  WorkerShutdown,
} from './worker/task-pod-props';
export { TaskProfile, type TaskProfileOptions } from './worker/task-profile';
export { Worker } from './worker/worker';
export type { CloudIdentity } from './workload/cloud-identity';
export type { PlacementProps, PriorityClassRef } from './workload/placement';
export type { PodResources } from './workload/pod-resources';
export { restrict } from './workload/restrict';
