import { posix } from 'node:path';
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
import { CapstanApp, DEFAULT_LOCK_FILE, DEFAULT_REGISTRY } from '../app';
import { resolveImage } from '../codegen/image-lock';
import type { WorkerContract } from '../contract/zz_worker.gen';
import type { GoAppRef } from '../go-app';
import type { ImageResolution } from '../image-resolver';
import { describeWorker, MODEL_VARIABLE, type WorkerModel } from '../model';
import { planWorker } from '../plan/plan-worker';
import { formatProblem, type Problem } from '../plan/problem';
import type { WorkerPlan } from '../plan/worker-plan';
import { workerAutoscaler } from './autoscaler';
import { checkProps } from './check-props';
import { checksum, contractText, workerContract } from './contract';
import { workerDisruptionBudget } from './disruption-budget';
import { CONFIG_FILE, CONFIG_FOLDER, workerLabels } from './names';
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
 *   source: Source.memory({ capacity: 1000 }),
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
    const spec = toSpec(id, props, app?.cluster ?? {});
    this.plan = planWorker(spec);
    this.contract = workerContract(this.plan, props);

    const goApp = props.app.reference(app?.registry ?? DEFAULT_REGISTRY);
    const environment = environmentOf(this.plan);
    const image = findImage(goApp, app);
    this.report([...checkProps(id, props, environment), ...this.plan.problems, ...image.problems]);
    describeWorker(this, () => ({ ...this.describe(goApp, props, environment), spec }));

    const labels = workerLabels(this, id, goApp.name);
    const common = { name: id, labels, figures: this.plan.figures };
    const text = contractText(this.contract);
    const config = new ConfigMap(this, 'Config', {
      metadata: { name: id, labels },
      data: { [CONFIG_FILE]: text },
    });
    this.serviceAccount = new ServiceAccount(this, 'ServiceAccount', {
      metadata: { name: id, labels },
      automountToken: false,
    });
    this.deployment = workerDeployment(this, {
      ...common,
      props,
      environment,
      image: image.reference,
      // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
      config: config as IConfigMap,
      configChecksum: checksum(text),
      serviceAccount: this.serviceAccount as IServiceAccount,
    });
    this.autoscaler =
      props.source.kind === 'folder'
        ? undefined
        : workerAutoscaler(this, { ...common, target: this.deployment });
    workerDisruptionBudget(this, { ...common, maxUnavailable: this.plan.figures.pdbMaxUnavailable.value });
    workerNetworkPolicy(this, { ...common, source: props.source, egress: props.egress ?? [] });
    this.metrics = metricsService(this, common);
    this.intake = props.source.kind === 'memory' ? intakeService(this, common) : undefined;
  }

  private report(problems: readonly Problem[]): void {
    this.node.addValidation({ validate: () => problems.map(formatProblem) });
  }

  private describe(
    app: GoAppRef,
    props: WorkerProps,
    environment: Readonly<Record<string, string>>,
  ): Omit<WorkerModel, 'spec'> {
    const { cpuLimit, memoryLimit } = this.plan.figures;
    return {
      path: this.node.path,
      name: this.plan.name,
      app: { ...app, handler: props.app.handler },
      plan: this.plan,
      contract: this.contract,
      limits: {
        ...(cpuLimit !== undefined && { cpuCores: cpuLimit.value }),
        memoryBytes: memoryLimit.value,
      },
      environment,
    };
  }
}

/** Variables that Capstan sets: where the configuration is, and what bounds the Go runtime. */
function environmentOf({ figures }: WorkerPlan): Record<string, string> {
  const { gomaxprocs, gomemlimit } = figures;
  return {
    CAPSTAN_CONFIG: posix.join(CONFIG_FOLDER, CONFIG_FILE),
    ...(gomaxprocs !== undefined && { GOMAXPROCS: String(gomaxprocs.value) }),
    // Plain bytes: Go reads no fractions.
    GOMEMLIMIT: String(gomemlimit.value),
  };
}

interface FoundImage {
  readonly reference: string;
  readonly problems: readonly Problem[];
}

/** The image of an app. While the program only describes itself nothing is written, so none is needed. */
function findImage(goApp: GoAppRef, app: CapstanApp | undefined): FoundImage {
  const isDescribing = (process.env[MODEL_VARIABLE] ?? '') !== '';
  if (isDescribing) return { reference: goApp.repository, problems: [] };
  const found: ImageResolution = app?.images.resolve(goApp) ?? resolveImage(goApp, DEFAULT_LOCK_FILE);
  // With a problem the tree is invalid, and the bare name is never written.
  return 'problem' in found
    ? { reference: goApp.repository, problems: [found.problem] }
    : { reference: found.reference, problems: [] };
}
