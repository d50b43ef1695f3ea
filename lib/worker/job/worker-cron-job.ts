import { ConcurrencyPolicy, CronJob, type Service, type ServiceAccount } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { WorkerContract } from '../../contract/zz_worker.gen';
import type { NetworkAccess } from '../../network/network-access';
import type { JobFigures } from '../../plan/figures';
import { planJob } from '../../plan/job/plan-job';
import type { JobScheduleSpec } from '../../plan/spec';
import type { WorkerPlan } from '../../plan/worker-plan';
import { set } from '../../refine';
import { requireProps } from '../../shape/require-shape';
import { hardenPods } from '../../workload/hardened-pod';
import { seconds } from '../../workload/quantity';
import { surround } from '../fittings';
import { readSchedule } from '../schedule/check-schedule';
import { siteOf } from '../site';
import { CRON_JOB_NAME_MAX, checkCount } from './check';
import { fitOutJob } from './fit-out-job';
import { jobPods, jobRefinements } from './pods';
import type { WorkerCronJobProps } from './props';
import { toJobSpec } from './spec';

const TIME_ZONE = 'Etc/UTC';
const HISTORY = 3;

const POLICIES = {
  forbid: ConcurrencyPolicy.FORBID,
  replace: ConcurrencyPolicy.REPLACE,
  allow: ConcurrencyPolicy.ALLOW,
} as const;

/**
 * A worker that does a finite number of tasks again and again: a CronJob, each of whose runs is an Indexed Job with a
 * bounded pool in each pod. A run that would not be done when the next one is due is refused.
 *
 * ```ts
 * const sweep = new WorkerCronJob(this, 'sweep', {
 *   app: GoApp.fromDirectory('apps/sweep'),
 *   source: Source.memory({ seeds: ['thumbnails', 'uploads', 'reports'] }),
 *   task: {
 *     cpuTime: Duration.seconds(2),
 *     duration: { mean: Duration.seconds(40), max: Duration.minutes(10) },
 *     memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(30) },
 *   },
 *   concurrency: 3,
 *   schedule: '30 3 * * *',
 *   timeZone: 'Europe/Oslo',
 * });
 * sweep.plan.explain('deadline');
 * ```
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class WorkerCronJob extends Construct {
  /** Every number of a run with its reason. */
  readonly plan: WorkerPlan<JobFigures>;
  /** What the pods are configured with. */
  readonly contract: WorkerContract;
  /** The CronJob. */
  readonly cronJob: CronJob;
  /** The identity of the pods; no token is mounted. */
  readonly serviceAccount: ServiceAccount;
  /** Each pod's metrics, headless. */
  readonly metrics: Service;
  /** What the pods may call, and who may call them. */
  readonly network: NetworkAccess;

  constructor(scope: Construct, id: string, props: WorkerCronJobProps) {
    requireProps('WorkerCronJob', { scope, id, isSubclass: new.target !== WorkerCronJob }, props);
    super(scope, id);
    const site = siteOf(this);
    const { timeZone = TIME_ZONE, overlap = 'forbid', history = {}, suspend = false } = props;
    const { cron, periodSeconds, problems } = readSchedule(props.schedule, timeZone);
    const spec = toJobSpec(id, props, site.cluster, scheduleSpec(props, periodSeconds));
    this.plan = planJob(spec);
    const { contract, fittings } = fitOutJob(this, {
      site,
      props,
      spec,
      plan: this.plan,
      nameMax: CRON_JOB_NAME_MAX,
      problems: [
        ...problems,
        ...checkCount('history.succeeded', history.succeeded),
        ...checkCount('history.failed', history.failed),
      ],
    });
    this.contract = contract;
    this.serviceAccount = fittings.serviceAccount;
    const { figures } = this.plan;
    const pods = { fittings, figures, props };
    this.cronJob = new CronJob(this, 'CronJob', {
      ...jobPods(this, pods),
      schedule: cron,
      timeZone,
      concurrencyPolicy: POLICIES[overlap],
      successfulJobsRetained: history.succeeded ?? HISTORY,
      failedJobsRetained: history.failed ?? HISTORY,
      suspend,
    });
    const { startingDeadline = figures.deadline } = figures;
    hardenPods(this.cronJob, {
      name: id,
      kind: 'CronJob',
      selects: false,
      placement: fittings.placement,
      refinements: [
        set('/spec/startingDeadlineSeconds', startingDeadline.value),
        ...jobRefinements('/spec/jobTemplate/spec', pods),
      ],
    });
    const { network, metrics } = surround(this, fittings, props, false);
    this.network = network;
    this.metrics = metrics;
  }
}

function scheduleSpec(
  { overlap, startingDeadline }: WorkerCronJobProps,
  periodSeconds: number,
): JobScheduleSpec {
  return {
    periodSeconds,
    overlap: overlap ?? 'forbid',
    ...(startingDeadline !== undefined && { startingDeadlineSeconds: seconds(startingDeadline) }),
  };
}
