import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { isBroker } from '../../source';
import { checkPartitions } from '../check/broker';
import type { JobProps } from './props';

/** Longest name of a WorkerJob: `-` and a hash of 8, and `-` and an index of 5, follow in the names of its pods. */
export const JOB_NAME_MAX = 63 - 9 - 6;

/** Longest name of a WorkerCronJob: Kubernetes takes 52, and `-` and an index of 5 follow in the names of its pods. */
export const CRON_JOB_NAME_MAX = 52 - 6;

/** What is wrong with a job's props apart from what all forms of a worker share and from its numbers. */
export function checkJob(props: JobProps, parallelism: number): Problem[] {
  const { source, podRetries, shutdown } = props;
  return [
    ...(isBroker(source) ? checkPartitions(source, parallelism, 'parallelism') : []),
    ...(source.kind === 'memory' && source.seeds.length === 0 ? [noSeeds()] : []),
    ...checkCount('podRetries', podRetries),
    ...(shutdown?.lameDuck === undefined ? [] : [noLameDuck()]),
  ];
}

/** What is wrong with a count that may be 0. */
export function checkCount(prop: string, count: number | undefined): Problem[] {
  if (count === undefined || (Number.isSafeInteger(count) && count >= 0)) return [];
  return [
    {
      prop,
      wanted: 'must be a whole number of 0 or more',
      got: formatNumber(count),
      fix: 'Correct it, or leave it out for 3.',
    },
  ];
}

function noSeeds(): Problem {
  return {
    prop: 'source.seeds',
    wanted: 'must be the tasks of the job: nobody pushes others to it',
    got: 'none',
    fix: 'Give Source.memory({ seeds: […] }), or another source.',
  };
}

function noLameDuck(): Problem {
  return {
    prop: 'shutdown.lameDuck',
    wanted: 'must be left out: nobody pushes tasks to a job',
    got: 'a time',
    fix: 'Leave it out.',
  };
}
