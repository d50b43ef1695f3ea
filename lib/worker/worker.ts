import type { ApiObject } from 'cdk8s';
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
import type { WorkerContract } from '../contract/zz_worker.gen';
import { Environment } from '../environment/environment';
import { describeWorker } from '../model';
import type { Connection } from '../network/endpoint';
import type { NetworkAccess } from '../network/network-access';
import { planWorker } from '../plan/plan-worker';
import { formatProblem, type Problem } from '../plan/problem';
import type { WorkerPlan } from '../plan/worker-plan';
import { isBroker } from '../source';
import { checksum } from '../workload/checksum';
import { configurationText } from '../workload/configuration';
import { connectedEnvironment } from '../workload/connect';
import { disruptionBudget } from '../workload/disruption-budget';
import { findImage } from '../workload/image';
import { workloadLabels } from '../workload/labels';
import { metricsService } from '../workload/metrics-service';
import { type Placement, placementOf } from '../workload/placement';
import { limitsOf } from '../workload/resources';
import { runtimeEnvironment } from '../workload/runtime-environment';
import { workloadAccount } from '../workload/service-account';
import { checkProps } from './check/props';
import { workerContract } from './contract';
import { CONFIG_FILE } from './names';
import { workerNetwork } from './network';
import { workerDeployment } from './pods';
import type { WorkerProps } from './props';
import { checkScaler, scalerOf, workerScaler } from './scaler';
import { intakeService } from './services';
import { toSpec } from './spec';

/**
 * Pods that take tasks from a source and run them in a bounded pool, and everything around the pods that has to
 * agree with that bound. All numbers come from {@link plan}; the id is the name of the objects.
 *
 * ```ts
 * const develop = new Worker(this, 'develop', {
 *   app: GoApp.fromDirectory('apps/develop'),
 *   source: Source.memory(),
 *   task: {
 *     cpuTime: Duration.millis(260),
 *     duration: { mean: Duration.millis(280), max: Duration.seconds(20) },
 *     memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(90) },
 *   },
 *   scale: { min: 3, max: 40, drainWithin: Duration.minutes(1) },
 * });
 * develop.plan.explain();
 * ```
 *
 * A mistake in the props does not throw here: it is listed with all others when the tree is synthesized.
 */
export class Worker extends Construct {
  /** Every number of the worker with its reason. */
  readonly plan: WorkerPlan;
  /** What the pods are configured with. */
  readonly contract: WorkerContract;
  /** The pods. */
  readonly deployment: Deployment;
  /** The identity of the pods; no token is mounted. */
  readonly serviceAccount: ServiceAccount;
  /** Each pod's metrics, headless. */
  readonly metrics: Service;
  /** Where tasks are pushed to; only with a memory source. */
  readonly intake: Service | undefined;
  /** What the pods may call, and who may call them. */
  readonly network: NetworkAccess;
  /** Scales the pods; none where KEDA does, and with a folder source, which one pod works on. */
  readonly autoscaler: HorizontalPodAutoscaler | undefined;
  /** Lets KEDA scale the pods; only with `scale.by: 'keda'`. */
  readonly scaledObject: ApiObject | undefined;

  constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id);
    const app = appSettingsOf(this);
    const place = Environment.find(this);
    const registry = place?.registry ?? app.registry;
    const goApp = props.app.reference(registry);
    const spec = toSpec(id, props, place?.kubernetes ?? app.cluster, scalerOf(props.scale, place));
    this.plan = planWorker(spec);
    this.contract = workerContract(this.plan, props);
    const { figures } = this.plan;
    const environment = runtimeEnvironment(CONFIG_FILE, figures);
    const image = findImage(goApp, app);
    const placement = placementOf(this, props);
    const connections = connectionsOf(props);
    const connected = connectedEnvironment(connections);
    const { plan, contract } = this;
    this.report([
      ...checkProps({ name: id, props, plan, contract, environment }),
      ...plan.problems,
      ...checkScaler(this, props, place),
      ...connected.problems,
      ...placement.problems,
      ...props.app.problemsAs('worker'),
      ...image.problems,
    ]);
    this.claimDownstream(props);
    describeWorker(this, () => ({
      path: this.node.path,
      name: id,
      ...(place !== undefined && { environmentName: place.name }),
      app: props.app.describe(registry, this.contract.source),
      spec,
      plan: this.plan,
      contract: this.contract,
      limits: limitsOf(figures),
      environment,
    }));

    const common = { name: id, labels: workloadLabels(this, id, goApp.name), figures };
    const { serviceAccount, config, configChecksum } = this.supplies(common, placement);
    this.serviceAccount = serviceAccount;
    this.deployment = workerDeployment(this, {
      ...common,
      props,
      environment,
      connectedEnv: connected.env,
      image: image.reference,
      // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
      config: config as IConfigMap,
      configChecksum,
      serviceAccount: serviceAccount as IServiceAccount,
      placement,
    });
    const { source, egress } = props;
    const scaler = workerScaler(this, { ...common, target: this.deployment, props, place });
    this.autoscaler = scaler.autoscaler;
    this.scaledObject = scaler.scaledObject;
    disruptionBudget(this, { ...common, maxUnavailable: figures.pdbMaxUnavailable.value });
    this.network = workerNetwork(this, {
      ...common,
      source,
      egress: [...(egress ?? []), ...placement.egress],
      connections,
    });
    this.metrics = metricsService(this, common);
    this.intake = source.kind === 'memory' ? intakeService(this, common) : undefined;
  }

  private report(problems: readonly Problem[]): void {
    this.node.addValidation({ validate: () => problems.map(formatProblem) });
  }

  private claimDownstream({ downstream = [] }: WorkerProps): void {
    for (const [index, use] of this.plan.downstream.entries()) {
      downstream[index]?.claim?.({ path: this.node.path, peak: use.peak.value });
    }
  }

  /** What the pods refer to: their identity and their configuration. */
  private supplies({ name, labels }: { name: string; labels: Record<string, string> }, placement: Placement) {
    const metadata = { name, labels };
    const text = configurationText(this.contract);
    return {
      serviceAccount: workloadAccount(this, { name, labels, placement }),
      config: new ConfigMap(this, 'Config', { metadata, data: { [CONFIG_FILE]: text } }),
      configChecksum: checksum(text),
    };
  }
}

function connectionsOf({ source, connections = [], downstream = [] }: WorkerProps): Connection[] {
  return [
    ...(isBroker(source) ? [source.connection] : []),
    ...connections,
    ...downstream.flatMap(({ connection }) => connection ?? []),
  ];
}
