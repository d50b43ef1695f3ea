import type { Service, ServiceAccount, StatefulSet } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { WorkerContract } from '../../contract/zz_worker.gen';
import type { NetworkAccess } from '../../network/network-access';
import type { ShardFigures } from '../../plan/figures';
import { planShards } from '../../plan/shards/plan-shards';
import type { ShardedSpec } from '../../plan/spec';
import type { WorkerPlan } from '../../plan/worker-plan';
import { requireProps, requireType } from '../../shape/require-shape';
import { tracingOf } from '../../telemetry/telemetry';
import { disruptionBudget } from '../../workload/disruption-budget';
import { seconds } from '../../workload/quantity';
import { runtimeEnvironment } from '../../workload/runtime-environment';
import { checkProps } from '../check/props';
import { workerContract } from '../contract';
import { fitOut, surround } from '../fittings';
import { shardService } from '../services';
import { siteOf } from '../site';
import { podSpec, sourceSpec } from '../spec';
import { checkShards } from './check';
import { SHARD_VARIABLE, shardPods } from './pods';
import type { ShardedWorkerProps, ShardSource } from './props';

/**
 * A worker whose keys are divided among a fixed number of pods: tasks of one key always go to the same pod, which has
 * its own part of the source and, where it wants them, volumes of its own. A StatefulSet; nothing scales it.
 *
 * ```ts
 * const ledger = new ShardedWorker(this, 'ledger', {
 *   app: GoApp.fromDirectory('apps/ledger'),
 *   shards: 4,
 *   source: (shard) =>
 *     Source.jetStream({
 *       servers: ['nats.messaging.svc:4222'],
 *       at: { pods: { app: 'nats' }, namespace: { 'kubernetes.io/metadata.name': 'messaging' } },
 *       stream: 'orders',
 *       consumer: `ledger-${shard}`,
 *       subjects: [`orders.${shard}.>`],
 *     }),
 *   task: {
 *     cpuTime: Duration.millis(2),
 *     duration: { mean: Duration.millis(15), max: Duration.seconds(5) },
 *     memory: { base: Size.mebibytes(24), perTask: Size.kibibytes(64) },
 *   },
 *   concurrency: 8,
 * });
 * ledger.plan.explain('peakConcurrency');
 * ```
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class ShardedWorker extends Construct {
  /** Every number of the worker with its reason. */
  readonly plan: WorkerPlan<ShardFigures>;
  /** What the pods are configured with, one for each shard. */
  readonly contracts: readonly WorkerContract[];
  /** The pods. */
  readonly statefulSet: StatefulSet;
  /** The identity of the pods; no token is mounted. */
  readonly serviceAccount: ServiceAccount;
  /** Each pod's name in DNS, `NAME-0.NAME`; headless. */
  readonly service: Service;
  /** Each pod's metrics, headless. */
  readonly metrics: Service;
  /** What the pods may call, and who may call them. */
  readonly network: NetworkAccess;

  constructor(scope: Construct, id: string, props: ShardedWorkerProps) {
    requireProps('ShardedWorker', { scope, id, isSubclass: new.target !== ShardedWorker }, props);
    super(scope, id);
    const site = siteOf(this);
    const first = sourceOf(this, props, 0);
    const takesTasks = first.kind === 'memory';
    const spec: ShardedSpec = {
      ...podSpec(id, props, site.cluster),
      source: sourceSpec(first),
      shards: props.shards,
      ...(props.minReady !== undefined && { minReadySeconds: seconds(props.minReady) }),
    };
    this.plan = planShards(spec);
    const { plan } = this;
    const { figures } = plan;
    const sources = shardsOf(this, props, figures.shards.value);
    const tracing = tracingOf(this, props);
    const telemetry = tracing.contract;
    this.contracts = sources.map((source) => workerContract(plan, props, { source, takesTasks, telemetry }));
    const environment = runtimeEnvironment(fileOf(`$(${SHARD_VARIABLE})`), figures);
    const fittings = fitOut(this, {
      site,
      tracing,
      props,
      sources,
      spec,
      plan,
      contracts: Object.fromEntries(this.contracts.map((it, shard) => [fileOf(shard), it])),
      contract: workerContract(plan, props, { source: first, takesTasks, telemetry }),
      environment,
      problems: [
        ...checkProps({
          name: id,
          props,
          sources,
          contracts: this.contracts,
          environment: { ...environment, [SHARD_VARIABLE]: '' },
        }),
        ...checkShards(props, sources, figures.queueCapacity?.value),
      ],
    });
    this.serviceAccount = fittings.serviceAccount;
    const common = { name: id, labels: fittings.labels };
    this.service = shardService(this, common, takesTasks);
    this.statefulSet = shardPods(this, { fittings, figures, props, source: first, governing: this.service });
    disruptionBudget(this, { ...common, maxUnavailable: figures.pdbMaxUnavailable.value });
    const { network, metrics } = surround(this, fittings, props, takesTasks);
    this.network = network;
    this.metrics = metrics;
  }
}

function sourceOf(owner: Construct, { source }: ShardedWorkerProps, shard: number): ShardSource {
  if (typeof source !== 'function') return source;
  const made = source(shard);
  requireType('TaskSource', made, { path: owner.node.path, prop: `source(${shard})` });
  return made;
}

function shardsOf(owner: Construct, props: ShardedWorkerProps, count: number): ShardSource[] {
  return Array.from({ length: count }, (_, shard) => sourceOf(owner, props, shard));
}

/** Name of a shard's configuration file. */
function fileOf(shard: number | string): string {
  return `worker-${shard}.json`;
}
