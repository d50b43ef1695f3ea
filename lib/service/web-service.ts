import { type ApiObject, Chart } from 'cdk8s';
import {
  ConfigMap,
  type Deployment,
  type HorizontalPodAutoscaler,
  type IConfigMap,
  type IServiceAccount,
  type Service,
  type ServiceAccount,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { appSettingsOf } from '../app-settings';
import type { ServiceContract } from '../contract/zz_service.gen';
import { Environment } from '../environment/environment';
import { describeService } from '../model';
import type { Connection, Endpoint } from '../network/endpoint';
import type { NetworkAccess } from '../network/network-access';
import { formatProblem, type Problem } from '../plan/problem';
import { planService } from '../plan/service/plan-service';
import type { ServicePlan } from '../plan/service/service-plan';
import { requireProps } from '../shape/require-shape';
import { tracingOf } from '../telemetry/telemetry';
import { checksum } from '../workload/checksum';
import { configurationText } from '../workload/configuration';
import { connectedEnvironment } from '../workload/connect';
import { disruptionBudget } from '../workload/disruption-budget';
import { findImage } from '../workload/image';
import { workloadLabels } from '../workload/labels';
import { metricsService } from '../workload/metrics-service';
import { placementOf } from '../workload/placement';
import { limitsOf } from '../workload/resources';
import { runtimeEnvironment } from '../workload/runtime-environment';
import { workloadAccount } from '../workload/service-account';
import { connectionOf, endpointOf, type ServiceAddress, urlOf } from './address';
import { serviceAutoscaler } from './autoscaler';
import { checkServiceProps } from './check/props';
import { serviceContract } from './contract';
import { exposeService } from './expose/expose';
import { CONFIG_FILE, SERVICE_PORT } from './names';
import { serviceNetwork } from './network';
import { serviceDeployment } from './pods';
import type { WebServiceProps } from './props';
import { requestService } from './services';
import { serviceSpec } from './spec';

/**
 * Pods that answer requests over HTTP, gRPC and gRPC-Web, a bounded number of them at a time, and everything around
 * the pods that has to agree with that bound. All numbers come from {@link plan}; the id is the name of the objects.
 *
 * ```ts
 * const upload = new WebService(this, 'upload', {
 *   app: GoApp.fromDirectory('apps/upload', { kind: 'service' }),
 *   protocols: ['http', 'grpc-web'],
 *   request: {
 *     cpuTime: Duration.millis(4),
 *     duration: { mean: Duration.millis(20), max: Duration.seconds(10) },
 *     memory: { base: Size.mebibytes(24), perRequest: Size.mebibytes(2) },
 *   },
 *   concurrency: 32,
 *   latency: Duration.millis(100),
 *   scale: { min: 2, max: 20 },
 *   expose: { host: 'photos.example.com', paths: ['/upload'] },
 * });
 * const gallery = new WebService(this, 'gallery', { ...galleryProps, connections: [upload.connection()] });
 * ```
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class WebService extends Construct {
  /** Every number of the service with its reason. */
  readonly plan: ServicePlan;
  /** What the pods are configured with. */
  readonly contract: ServiceContract;
  /** The pods. */
  readonly deployment: Deployment;
  /** Where requests find a pod that is ready. */
  readonly service: Service;
  /** The identity of the pods; no token is mounted. */
  readonly serviceAccount: ServiceAccount;
  /** Each pod's metrics, headless. */
  readonly metrics: Service;
  /** What the pods may call, and who may call them. */
  readonly network: NetworkAccess;
  /** Scales the pods. */
  readonly autoscaler: HorizontalPodAutoscaler;
  /** What leads from the environment's entry to the service: an HTTPRoute, a GRPCRoute, or an Ingress. */
  readonly routes: readonly ApiObject[];
  private readonly address: ServiceAddress;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    requireProps('WebService', { scope, id, isSubclass: new.target !== WebService }, props);
    super(scope, id);
    const app = appSettingsOf(this);
    const place = Environment.find(this);
    const cluster = place?.kubernetes ?? app.cluster;
    const registry = place?.registry ?? app.registry;
    const goApp = props.app.reference(registry);
    const { expose, protocols = ['http'], port = SERVICE_PORT } = props;
    const spec = serviceSpec(id, props, cluster);
    this.plan = planService(spec);
    const tracing = tracingOf(this, props);
    this.contract = serviceContract(this.plan, props, tracing.contract);
    this.address = { name: id, namespace: Chart.of(this).namespace, port };
    const { figures } = this.plan;
    const { contract } = this;
    const { oldest } = cluster;
    const environment = runtimeEnvironment(CONFIG_FILE, figures);
    const image = findImage(goApp, app);
    const placement = placementOf(this, props);
    const connections = [...connectionsOf(props), ...tracing.connections];
    const connected = connectedEnvironment(connections);
    this.report(() => [
      ...checkServiceProps({ service: this, props, contract, environment, place, oldest }),
      ...this.plan.problems,
      ...connected.problems,
      ...tracing.problems,
      ...placement.problems,
      ...props.app.problemsAs('service'),
      ...image.problems,
    ]);
    this.claimDownstream(props);
    describeService(this, () => ({
      path: this.node.path,
      name: id,
      ...(place !== undefined && { environmentName: place.name }),
      app: props.app.describe(registry, contract.publish, contract),
      spec,
      plan: this.plan,
      contract,
      limits: limitsOf(figures),
      environment,
    }));

    const common = { name: id, labels: workloadLabels(this, id, goApp.name), figures };
    const metadata = { name: id, labels: common.labels };
    const text = configurationText(contract);
    const config = new ConfigMap(this, 'Config', { metadata, data: { [CONFIG_FILE]: text } });
    this.serviceAccount = workloadAccount(this, { ...common, placement });
    this.deployment = serviceDeployment(this, {
      ...common,
      props,
      environment,
      connectedEnv: connected.env,
      image: image.reference,
      // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
      config: config as IConfigMap,
      configChecksum: checksum(text),
      serviceAccount: this.serviceAccount as IServiceAccount,
      placement,
      tracing,
    });
    this.autoscaler = serviceAutoscaler(this, { ...common, target: this.deployment });
    disruptionBudget(this, { ...common, maxUnavailable: figures.pdbMaxUnavailable.value });
    const egress = [...(props.egress ?? []), ...placement.egress];
    this.network = serviceNetwork(this, { ...common, props, place, egress, connections });
    this.service = requestService(this, { ...common, props, place, oldest });
    this.metrics = metricsService(this, common);
    this.routes =
      expose === undefined ? [] : exposeService(this, { ...common, expose, protocols, place, port });
  }

  /** URL inside of the cluster, without a path: `http://upload.darkroom.svc`. */
  get url(): string {
    return urlOf(this.address);
  }

  /** Where the service is called inside of the cluster. */
  endpoint(): Endpoint {
    return endpointOf(this.address, this.network);
  }

  /**
   * What a workload needs to call the service: its policy is opened for the workload, which gets the variables
   * `UPLOAD_URL`, `UPLOAD_HOST` and `UPLOAD_PORT`.
   */
  connection(): Connection {
    return connectionOf(this.address, this.network);
  }

  /** Other services of the tree are compared with when all are there. */
  private report(problems: () => readonly Problem[]): void {
    this.node.addValidation({ validate: () => problems().map(formatProblem) });
  }

  private claimDownstream({ downstream = [] }: WebServiceProps): void {
    for (const [index, use] of this.plan.downstream.entries()) {
      downstream[index]?.claim?.({ path: this.node.path, peak: use.peak.value });
    }
  }
}

function connectionsOf({ publish, connections = [], downstream = [] }: WebServiceProps): Connection[] {
  return [
    ...(publish === undefined ? [] : [publish.connection]),
    ...connections,
    ...downstream.flatMap(({ connection }) => connection ?? []),
  ];
}
