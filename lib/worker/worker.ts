import {
  ConfigMap,
  type Deployment,
  type HorizontalPodAutoscaler,
  type IConfigMap,
  type IServiceAccount,
  type Service,
  ServiceAccount,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { CapstanApp, DEFAULT_REGISTRY } from '../app';
import type { WorkerContract } from '../contract/zz_worker.gen';
import { describeWorker, type WorkerModel } from '../model';
import type { Figures } from '../plan/figures';
import { planWorker } from '../plan/plan-worker';
import { formatProblem, type Problem } from '../plan/problem';
import type { WorkerPlan } from '../plan/worker-plan';
import { workerAutoscaler } from './autoscaler';
import { checkProps } from './check/props';
import { checksum, contractText, workerContract } from './contract';
import { workerDisruptionBudget } from './disruption-budget';
import { plannedEnvironment } from './environment';
import { findImage } from './image';
import { CONFIG_FILE, workerLabels } from './names';
import { workerNetworkPolicy } from './network-policy';
import { workerDeployment } from './pods';
import type { WorkerProps } from './props';
import { intakeService, metricsService } from './services';
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
  /** Scales the pods; none with a folder source, which one pod works on. */
  readonly autoscaler: HorizontalPodAutoscaler | undefined;

  constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id);
    const app = CapstanApp.find(this);
    const goApp = props.app.reference(app?.registry ?? DEFAULT_REGISTRY);
    const spec = toSpec(id, props, app?.cluster ?? {});
    this.plan = planWorker(spec);
    this.contract = workerContract(this.plan, props);
    const { figures } = this.plan;
    const environment = plannedEnvironment(figures);
    const image = findImage(goApp, app);
    const { plan, contract } = this;
    this.report([
      ...checkProps({ name: id, props, plan, contract, environment }),
      ...plan.problems,
      ...image.problems,
    ]);
    describeWorker(this, () => ({
      path: this.node.path,
      name: id,
      app: { ...goApp, handler: props.app.handler },
      spec,
      plan: this.plan,
      contract: this.contract,
      limits: limitsOf(figures),
      environment,
    }));

    const common = { name: id, labels: workerLabels(this, id, goApp.name), figures };
    const { serviceAccount, config, configChecksum } = this.supplies(common);
    this.serviceAccount = serviceAccount;
    this.deployment = workerDeployment(this, {
      ...common,
      props,
      environment,
      image: image.reference,
      // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
      config: config as IConfigMap,
      configChecksum,
      serviceAccount: serviceAccount as IServiceAccount,
    });
    const { source, egress } = props;
    this.autoscaler =
      source.kind === 'folder' ? undefined : workerAutoscaler(this, { ...common, target: this.deployment });
    workerDisruptionBudget(this, { ...common, maxUnavailable: figures.pdbMaxUnavailable.value });
    workerNetworkPolicy(this, { ...common, source, egress: egress ?? [] });
    this.metrics = metricsService(this, common);
    this.intake = source.kind === 'memory' ? intakeService(this, common) : undefined;
  }

  private report(problems: readonly Problem[]): void {
    this.node.addValidation({ validate: () => problems.map(formatProblem) });
  }

  /** What the pods refer to: their identity and their configuration. */
  private supplies({ name, labels }: { name: string; labels: Record<string, string> }) {
    const metadata = { name, labels };
    const text = contractText(this.contract);
    return {
      serviceAccount: new ServiceAccount(this, 'ServiceAccount', { metadata, automountToken: false }),
      config: new ConfigMap(this, 'Config', { metadata, data: { [CONFIG_FILE]: text } }),
      configChecksum: checksum(text),
    };
  }
}

function limitsOf({ cpuLimit, memoryLimit }: Figures): WorkerModel['limits'] {
  return {
    ...(cpuLimit !== undefined && { cpuCores: cpuLimit.value }),
    memoryBytes: memoryLimit.value,
  };
}
