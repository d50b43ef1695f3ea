import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import type { WorkerPlan } from '../../plan/worker-plan';
import type { MemorySource } from '../../source';
import { jsonFault } from '../json-fault';
import { payloadBytes } from '../payload';
import type { WorkerProps } from '../props';
import { checkBroker, checkPartitions } from './broker';

/** What is wrong with a worker's source, and with the props that have to agree with it. */
export function checkSource(props: WorkerProps, { figures }: WorkerPlan): Problem[] {
  const { source } = props;
  switch (source.kind) {
    case 'memory':
      return [...checkSeeds(source), ...checkSeedCount(source, figures.queueCapacity?.value)];
    case 'folder':
      return checkOneProcess(props);
    default:
      return [...checkBroker(source), ...checkPartitions(source, props.scale.max, 'scale.max')];
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
function checkSeedCount({ seeds }: MemorySource, capacity: number | undefined): Problem[] {
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
