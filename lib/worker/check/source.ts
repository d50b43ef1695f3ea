import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { isBroker, type MemorySource, type TaskSource } from '../../source';
import { jsonFault } from '../json-fault';
import { payloadBytes } from '../payload';
import type { WorkerProps } from '../props';
import { checkBroker, checkPartitions } from './broker';

/** What is wrong with a source by itself. */
export function checkSource(source: TaskSource): Problem[] {
  if (isBroker(source)) return checkBroker(source);
  return source.kind === 'memory' ? checkSeeds(source) : [];
}

/**
 * What is wrong with the props of a worker that have to agree with its source.
 *
 * @param capacity tasks that the queue of a pod holds
 */
export function checkWorkerSource(props: WorkerProps, capacity: number | undefined): Problem[] {
  const { source, scale } = props;
  switch (source.kind) {
    case 'memory':
      return checkSeedCount(source, capacity);
    case 'folder':
      return checkOneProcess(props);
    default:
      return checkPartitions(source, scale.max, 'scale.max');
  }
}

/** A folder has one process at a time, so neither an autoscaler nor a rolling update makes sense. */
function checkOneProcess({ scale, rollout }: WorkerProps): Problem[] {
  const bounds = (['min', 'max'] as const).filter((bound) => scale[bound] !== 1);
  const problems: Problem[] = bounds.map((bound) => ({
    prop: `scale.${bound}`,
    wanted: 'must be 1 with a folder as the source, since one process at a time works on a folder',
    got: formatNumber(scale[bound]),
    fix: 'Set it to 1, or take a source that several pods can share.',
  }));
  if ((rollout?.maxSurge ?? 0) !== 0) {
    problems.push({
      prop: 'rollout.maxSurge',
      wanted: 'must be 0 with a folder as the source, since one process at a time works on a folder',
      got: formatNumber(rollout?.maxSurge ?? 0),
      fix: 'Leave it out: the old pod ends before the new one starts.',
    });
  }
  return problems;
}

/** The queue refuses a seed over its bound, and the worker would not start. */
function checkSeeds(source: MemorySource): Problem[] {
  const most = payloadBytes(source);
  return source.seeds.flatMap((seed, index) => checkSeed(seed, `source.seeds[${index}]`, most));
}

function checkSeed(seed: unknown, prop: string, most: number): Problem[] {
  const fault = jsonFault(seed, prop);
  if (fault !== undefined) {
    return [
      {
        prop: fault.place,
        wanted: 'must be a JSON value',
        got: fault.got,
        fix: 'Give texts, finite numbers, booleans, null, and lists and plain objects of them; a date as its ISO text.',
      },
    ];
  }
  const size = Buffer.byteLength(JSON.stringify(seed));
  if (size <= most) return [];
  return [
    {
      prop,
      wanted: `must be ${formatNumber(most)} B (source.payload) or less as JSON`,
      got: `${formatNumber(size)} B`,
      fix: 'Raise source.payload, or store the input and name it in the seed.',
    },
  ];
}

/** A full queue refuses the next seed, and the worker would not start. */
export function checkSeedCount({ seeds }: MemorySource, capacity: number | undefined): Problem[] {
  if (capacity === undefined || seeds.length <= capacity) return [];
  return [
    {
      prop: 'source.seeds',
      wanted: `must be ${formatNumber(capacity)} seeds (what the queue holds) or fewer`,
      got: formatNumber(seeds.length),
      fix: `Set source.capacity to ${formatNumber(seeds.length)} or more, or push the rest over HTTP.`,
    },
  ];
}
