import type { ClusterSpec, JobRunSpec, JobScheduleSpec, JobSpec } from '../../plan/spec';
import { isBroker } from '../../source';
import { seconds } from '../../workload/quantity';
import { podSpec, sourceSpec } from '../spec';
import type { JobProps } from './props';

/** The plain spec of a job's props, which the plan is made from. */
export function toJobSpec(
  name: string,
  props: JobProps,
  cluster: ClusterSpec,
  schedule?: JobScheduleSpec,
): JobSpec {
  return {
    ...podSpec(name, props, cluster),
    source: sourceSpec(props.source, false),
    job: { ...runSpec(props), ...(schedule !== undefined && { schedule }) },
  };
}

function runSpec({ source, completions, parallelism, tasks, deadline }: JobProps): JobRunSpec {
  const known = tasks ?? (source.kind === 'memory' ? source.seeds.length : undefined);
  return {
    ...(completions !== undefined && { completions }),
    ...(parallelism !== undefined && { parallelism }),
    tasksAre: isBroker(source) ? 'shared' : 'split',
    ...(known !== undefined && { tasks: known }),
    ...(deadline !== undefined && { deadlineSeconds: seconds(deadline) }),
  };
}
