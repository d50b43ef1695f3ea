import type { Problem } from '../../plan/problem';
import type { TaskSource } from '../../source';
import { isBroker } from '../../source';
import { checkSeedCount } from '../check/source';
import type { ShardedWorkerProps } from './props';

/** Most shards whose configurations one ConfigMap is to hold: more are no parts of a whole any more. */
const SHARDS_MAX = 1000;

/** What is wrong with a sharded worker's props apart from what all forms share and from its numbers. */
export function checkShards(
  { source, shards, claims = {} }: ShardedWorkerProps,
  sources: readonly TaskSource[],
  capacity: number | undefined,
): Problem[] {
  return [
    ...(shards > SHARDS_MAX ? [tooMany(shards)] : []),
    ...checkKinds(sources),
    ...(typeof source === 'object' && isBroker(source) && shards > 1 ? [oneForAll(source.kind)] : []),
    ...sources.flatMap((it) => (it.kind === 'memory' ? checkSeedCount(it, capacity) : [])).slice(0, 1),
    ...Object.keys(claims).flatMap(checkClaim),
  ];
}

/** Pods of one template have one set of ports, mounts and variables. */
function checkKinds(sources: readonly TaskSource[]): Problem[] {
  const kinds = [...new Set(sources.map(({ kind }) => kind))];
  if (kinds.length <= 1) return [];
  return [
    {
      prop: 'source',
      wanted: 'must be of one kind for all shards',
      got: kinds.join(' and '),
      fix: 'Let shards differ in names and subjects only.',
    },
  ];
}

/** All pods would take tasks of all keys. */
function oneForAll(kind: string): Problem {
  return {
    prop: 'source',
    wanted: 'must be a part of its own for each shard',
    got: `one ${kind} source for all`,
    fix: 'Give a function: (shard) => a source with a consumer, a group or a topic of that shard. Or take a Worker.',
  };
}

function tooMany(got: number): Problem {
  return {
    prop: 'shards',
    wanted: `must be ${SHARDS_MAX} or fewer`,
    got: String(got),
    fix: 'Let each shard have more keys.',
  };
}

function checkClaim(name: string): Problem[] {
  if (/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return [];
  return [
    {
      prop: `claims[${JSON.stringify(name)}]`,
      wanted: 'must have a name of lower-case letters, digits and dashes that begins with a letter',
      got: JSON.stringify(name),
      fix: 'Rename it, such as state.',
    },
  ];
}
