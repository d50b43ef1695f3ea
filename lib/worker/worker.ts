import type { ApiObject } from 'cdk8s';
import type { Deployment, HorizontalPodAutoscaler, Service, ServiceAccount } from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import type { WorkerContract } from '../contract/zz_worker.gen';
import type { NetworkAccess } from '../network/network-access';
import { planWorker } from '../plan/plan-worker';
import type { WorkerPlan } from '../plan/worker-plan';
import { requireProps } from '../shape/require-shape';
import { tracingOf } from '../telemetry/telemetry';
import { disruptionBudget } from '../workload/disruption-budget';
import { runtimeEnvironment } from '../workload/runtime-environment';
import type { WorkerAroundProps } from './around/props';
import { WorkerAround } from './around/worker-around';
import { checkProps } from './check/props';
import { checkWorkerSource } from './check/source';
import { compareWorker } from './compare-plan';
import { workerContract } from './contract';
import { fitOut, surround } from './fittings';
import { CONFIG_FILE } from './names';
import { workerDeployment } from './pods';
import type { WorkerProps } from './props';
import { checkScaler, scalerOf, workerScaler } from './scaler';
import { intakeService } from './services';
import { siteOf } from './site';
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
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
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

  /**
   * Plans a program that Capstan did not generate, and closes the gaps around it: a Deployment of cdk8s-plus, of an
   * `Include`d file or of a `Helm` chart. Nothing that its manifest says is changed.
   *
   * ```ts
   * const legacy = new Include(this, 'legacy', { url: 'legacy.yaml' });
   * const around = Worker.around(legacy, {
   *   task: {
   *     cpuTime: Duration.millis(40),
   *     duration: { mean: Duration.millis(90), max: Duration.seconds(20) },
   *     memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(60) },
   *   },
   *   concurrency: { bound: 16, variable: 'POOL_SIZE' },
   *   signals: {
   *     busy: { metric: 'pool_busy' },
   *     backlog: { metric: 'rabbitmq_queue_messages_ready', labels: { queue: 'photos' } },
   *   },
   *   scale: { min: 3, max: 40, drainWithin: Duration.minutes(1) },
   * });
   * around.plan.explain();
   * ```
   *
   * What the manifest says goes into the plan as if it stood in the props; where it contradicts the plan, that is a
   * problem. What it leaves out is filled in: requests and limits, the variable of the bound, GOMAXPROCS and GOMEMLIMIT,
   * `terminationGracePeriodSeconds`, `minReadySeconds` and the strategy. Added are an autoscaler and, where the tree has
   * none for these pods, a PodDisruptionBudget. `scale.adopt` hands over the count of a Deployment that runs.
   *
   * @param target a cdk8s-plus Deployment, the ApiObject of a Deployment, or a construct with one below it
   */
  static around(target: IConstruct, props: WorkerAroundProps): WorkerAround {
    return new WorkerAround(target, props);
  }

  constructor(scope: Construct, id: string, props: WorkerProps) {
    requireProps('Worker', { scope, id, isSubclass: new.target !== Worker }, props);
    super(scope, id);
    const site = siteOf(this);
    const { place } = site;
    const { source } = props;
    const takesTasks = source.kind === 'memory';
    const spec = toSpec(id, props, site.cluster, scalerOf(props.scale, place));
    this.plan = planWorker(spec);
    const tracing = tracingOf(this, props);
    this.contract = workerContract(this.plan, props, { source, takesTasks, telemetry: tracing.contract });
    const { plan, contract } = this;
    const { figures } = plan;
    const environment = runtimeEnvironment(CONFIG_FILE, figures);
    const fittings = fitOut(this, {
      site,
      tracing,
      props,
      sources: [source],
      spec,
      plan,
      contracts: { [CONFIG_FILE]: contract },
      contract,
      environment,
      problems: [
        ...checkWorkerSource(props, figures.queueCapacity?.value),
        ...checkProps({ name: id, props, sources: [source], contracts: [contract], environment }),
        ...checkScaler(this, props, place),
      ],
    });
    this.serviceAccount = fittings.serviceAccount;
    this.deployment = workerDeployment(this, { fittings, figures, props, takesTasks });
    const common = { name: id, labels: fittings.labels, figures };
    const scaler = workerScaler(this, { ...common, target: this.deployment, props, place });
    this.autoscaler = scaler.autoscaler;
    this.scaledObject = scaler.scaledObject;
    compareWorker(this.deployment, scaler, { figures, environment });
    disruptionBudget(this, { ...common, maxUnavailable: figures.pdbMaxUnavailable.value });
    const { network, metrics } = surround(this, fittings, props, takesTasks);
    this.network = network;
    this.metrics = metrics;
    this.intake = takesTasks ? intakeService(this, common) : undefined;
  }
}
