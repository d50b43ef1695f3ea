import type { Construct } from 'constructs';
import type { WorkerContract } from '../../contract/zz_worker.gen';
import type { JobFigures } from '../../plan/figures';
import type { Problem } from '../../plan/problem';
import type { JobSpec } from '../../plan/spec';
import type { WorkerPlan } from '../../plan/worker-plan';
import { tracingOf } from '../../telemetry/telemetry';
import { runtimeEnvironment } from '../../workload/runtime-environment';
import { checkProps } from '../check/props';
import { workerContract } from '../contract';
import { type Fittings, fitOut } from '../fittings';
import { CONFIG_FILE } from '../names';
import type { Site } from '../site';
import { checkJob } from './check';
import type { JobProps } from './props';

/** What the fittings of a job are made from. */
export interface JobFittingsInput {
  readonly site: Site;
  readonly props: JobProps;
  readonly spec: JobSpec;
  readonly plan: WorkerPlan<JobFigures>;
  /** Longest name. */
  readonly nameMax: number;
  /** What is wrong with props that only this kind of job has. */
  readonly problems: readonly Problem[];
}

/** Makes what the pods of a job refer to, and reports what is wrong. */
export function fitOutJob(
  job: Construct,
  { site, props, spec, plan, nameMax, problems }: JobFittingsInput,
): { contract: WorkerContract; fittings: Fittings } {
  const { source } = props;
  const { completions, parallelism } = plan.figures;
  const tracing = tracingOf(job, props);
  const contract = workerContract(plan, props, {
    source,
    takesTasks: false,
    finite: { parts: completions.value },
    telemetry: tracing.contract,
  });
  const environment = runtimeEnvironment(CONFIG_FILE, plan.figures);
  const fittings = fitOut(job, {
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
      ...checkProps({
        name: plan.name,
        nameMax,
        props,
        sources: [source],
        contracts: [contract],
        environment,
      }),
      ...checkJob(props, parallelism.value),
      ...problems,
    ],
  });
  return { contract, fittings };
}
