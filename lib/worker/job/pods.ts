import { Duration } from 'cdk8s';
import type { AbstractPodProps, IServiceAccount, WorkloadProps } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { JsonObject } from '../../json-value';
import type { JobFigures } from '../../plan/figures';
import { type Refinement, set } from '../../refine';
import { hardenedPod } from '../../workload/hardened-pod';
import { amountsOf, resourceRefinements } from '../../workload/resources';
import { spreadRefinement } from '../../workload/spread';
import { workerContainer } from '../container';
import type { Fittings } from '../fittings';
import { CONTAINER } from '../names';
import type { JobProps } from './props';

/** Exit code of a worker that refuses its configuration (docs/architecture.md). */
const BAD_CONFIGURATION = 2;

const POD_RETRIES = 3;

/** What the pods of a job are made from. */
export interface JobPodsInput {
  readonly fittings: Fittings;
  readonly figures: JobFigures;
  readonly props: JobProps;
}

/**
 * Props of the workload that makes a job's pods. They are asked whether they came up and still answer, but not whether
 * they are ready: nobody calls them.
 */
export function jobPods(scope: Construct, { fittings, figures, props }: JobPodsInput) {
  const { name, labels } = fittings;
  const { source } = props;
  const container = workerContainer(scope, {
    fittings,
    figures,
    props,
    source,
    takesTasks: false,
    called: false,
  });
  const pods: WorkloadProps & AbstractPodProps = {
    ...hardenedPod({
      name,
      labels,
      annotations: { 'checksum/config': fittings.configChecksum },
      serviceAccount: fittings.serviceAccount as IServiceAccount,
      gracePeriod: Duration.seconds(figures.gracePeriod.value),
    }),
    containers: [container],
  };
  return { metadata: { name, labels }, ...pods };
}

/**
 * What cdk8s-plus-27 has no words for in the spec of a job.
 *
 * @param job pointer of that spec in the document
 */
export function jobRefinements(job: string, { fittings, figures, props }: JobPodsInput): Refinement[] {
  const pod = `${job}/template/spec`;
  return [
    set(`${job}/completionMode`, 'Indexed'),
    set(`${job}/completions`, figures.completions.value),
    set(`${job}/parallelism`, figures.parallelism.value),
    set(`${job}/activeDeadlineSeconds`, figures.deadline.value),
    set(`${job}/backoffLimitPerIndex`, props.podRetries ?? POD_RETRIES),
    set(`${job}/podFailurePolicy`, FAILURE_POLICY),
    // A pod that drains and the one after it would work on the same part.
    set(`${job}/podReplacementPolicy`, 'Failed'),
    ...(figures.parallelism.value > 1 ? [spreadRefinement(pod, fittings.name)] : []),
    ...resourceRefinements(`${pod}/containers/0`, amountsOf(figures)),
  ];
}

/**
 * All pods have the same configuration, so one that refuses it speaks for all. An eviction is nobody's fault; a pod that
 * drains and has tasks left ends with another code than 0, so that its part is done again.
 */
const FAILURE_POLICY: JsonObject = {
  rules: [
    {
      action: 'FailJob',
      onExitCodes: { containerName: CONTAINER, operator: 'In', values: [BAD_CONFIGURATION] },
    },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  ],
};
