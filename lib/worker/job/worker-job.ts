import { Job, type Service, type ServiceAccount } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { WorkerContract } from '../../contract/zz_worker.gen';
import type { NetworkAccess } from '../../network/network-access';
import type { JobFigures } from '../../plan/figures';
import { planJob } from '../../plan/job/plan-job';
import type { WorkerPlan } from '../../plan/worker-plan';
import { set } from '../../refine';
import { requireProps } from '../../shape/require-shape';
import { hardenPods } from '../../workload/hardened-pod';
import { nameByContent } from '../../workload/name-by-content';
import { seconds } from '../../workload/quantity';
import { surround } from '../fittings';
import { siteOf } from '../site';
import { JOB_NAME_MAX } from './check';
import { fitOutJob } from './fit-out-job';
import { jobPods, jobRefinements } from './pods';
import type { WorkerJobProps } from './props';
import { toJobSpec } from './spec';

/**
 * A worker that does a finite number of tasks once: an Indexed Job, whose pods run their tasks in a bounded pool each
 * and end by themselves. What its pods are decides its name, so that a change of the image, the settings or the tasks is
 * another Job, which runs; see docs/adr/0014.
 *
 * ```ts
 * const backfill = new WorkerJob(this, 'backfill', {
 *   app: GoApp.fromDirectory('apps/develop'),
 *   source: Source.memory({ seeds: Array.from({ length: 365 }, (_, day) => ({ day })) }),
 *   task: {
 *     cpuTime: Duration.millis(260),
 *     duration: { mean: Duration.millis(280), max: Duration.seconds(20) },
 *     memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(90) },
 *   },
 *   concurrency: 4,
 *   completions: 10,
 *   parallelism: 5,
 * });
 * backfill.plan.explain('runTime');
 * ```
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class WorkerJob extends Construct {
  /** Every number of the job with its reason. */
  readonly plan: WorkerPlan<JobFigures>;
  /** What the pods are configured with. */
  readonly contract: WorkerContract;
  /** The Job. In the manifest a hash follows its name. */
  readonly job: Job;
  /** The identity of the pods; no token is mounted. */
  readonly serviceAccount: ServiceAccount;
  /** Each pod's metrics, headless. */
  readonly metrics: Service;
  /** What the pods may call, and who may call them. */
  readonly network: NetworkAccess;

  constructor(scope: Construct, id: string, props: WorkerJobProps) {
    requireProps('WorkerJob', { scope, id, isSubclass: new.target !== WorkerJob }, props);
    super(scope, id);
    const site = siteOf(this);
    const spec = toJobSpec(id, props, site.cluster);
    this.plan = planJob(spec);
    const { contract, fittings } = fitOutJob(this, {
      site,
      props,
      spec,
      plan: this.plan,
      nameMax: JOB_NAME_MAX,
      problems: [],
    });
    this.contract = contract;
    this.serviceAccount = fittings.serviceAccount;
    const pods = { fittings, figures: this.plan.figures, props };
    this.job = new Job(this, 'Job', jobPods(this, pods));
    const { keepFor } = props;
    hardenPods(this.job, {
      name: id,
      kind: 'Job',
      selects: false,
      placement: fittings.placement,
      refinements: [
        ...jobRefinements('/spec', pods),
        ...(keepFor === undefined ? [] : [set('/spec/ttlSecondsAfterFinished', Math.ceil(seconds(keepFor)))]),
      ],
    });
    nameByContent(this.job, id);
    const { network, metrics } = surround(this, fittings, props, false);
    this.network = network;
    this.metrics = metrics;
  }
}
