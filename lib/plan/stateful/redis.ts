import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';
import { quorumOf } from './settle';

const MIB = 2 ** 20;

/** The process without data: code, tables, and buffers of some clients. */
const BASE_BYTES = 16 * MIB;

/** Share of the rest for data where nothing is written: what is left is fragmentation and clients' buffers. */
const PLAIN_SHARE = 0.8;

/** Where the process forks to write, pages that change meanwhile exist twice ("Redis administration"). */
const FORKING_SHARE = 0.6;

/** Part of the data that replicas may have missed and still catch up on without a full copy. */
const BACKLOG_SHARE = 1 / 16;

/** A log is rewritten once it has doubled, and the old one is kept until the rewritten one is whole. */
const LOG_FACTOR = 3;

/** What Redis' settings follow from. */
export interface RedisSpec {
  /** Members. */
  readonly replicas: number;
  /** Memory limit of a member in bytes. */
  readonly memoryBytes: number;
  /**
   * Size of each member's volume in bytes.
   * @default nothing is written
   */
  readonly storageBytes?: number;
}

/** Figures of a Redis server; `failoverQuorum` with replicas only. */
export type RedisFigures = Readonly<Record<'maxMemory' | 'replicationBacklog', Figure>> &
  Readonly<Partial<Record<'failoverQuorum', Figure>>>;

/** The figures of a Redis server, and what is wrong with its spec. */
export interface RedisSizing {
  readonly figures: RedisFigures;
  readonly problems: readonly Problem[];
}

/** Derives Redis' settings from its members, memory and storage. */
export function planRedis(spec: RedisSpec): RedisSizing {
  const data = maxMemory(spec);
  const { replicas } = spec;
  return {
    figures: {
      maxMemory: data,
      replicationBacklog: figure(
        Math.max(MIB, Math.floor(data.value * BACKLOG_SHARE)),
        'bytes',
        (shown) => `a sixteenth of the data, at least 1 MiB: ${shown}`,
      ),
      ...(replicas > 1 && {
        failoverQuorum: figure(
          quorumOf(replicas),
          'pods',
          (shown) =>
            `more than half of ${formatNumber(replicas)} Sentinels: ${shown} have to miss the master`,
        ),
      }),
    },
    problems: [...checkMembers(spec), ...checkStorage(spec, data.value)],
  };
}

function maxMemory({ memoryBytes, storageBytes, replicas }: RedisSpec): Figure {
  const forks = storageBytes !== undefined || replicas > 1;
  const share = forks ? FORKING_SHARE : PLAIN_SHARE;
  const bytes = Math.max(MIB, Math.floor(((memoryBytes - BASE_BYTES) * share) / MIB) * MIB);
  const why = forks
    ? 'the rest for what changes while a copy is written'
    : 'the rest for fragmentation and clients';
  return figure(
    bytes,
    'bytes',
    (shown) =>
      `${formatNumber(share)} × (${formatQuantity(memoryBytes, 'bytes')} − ${formatQuantity(BASE_BYTES, 'bytes')}), ` +
      `${why}: ${shown}`,
  );
}

function checkMembers({ replicas, storageBytes, memoryBytes }: RedisSpec): Problem[] {
  const problems: Problem[] = [];
  if (replicas > 1 && storageBytes === undefined) {
    problems.push({
      prop: 'storage',
      wanted: 'must be given with several replicas: a master that restarts empty empties the others',
      got: 'none',
      fix: 'Give a size, such as Size.gibibytes(10), or take one replica.',
    });
  }
  if (memoryBytes < 2 * BASE_BYTES) {
    problems.push({
      prop: 'resources.memory',
      wanted: `must be ${formatQuantity(2 * BASE_BYTES, 'bytes')} or more, half of which the process needs for itself`,
      got: formatQuantity(memoryBytes, 'bytes'),
      fix: 'Raise it.',
    });
  }
  return problems;
}

function checkStorage({ storageBytes }: RedisSpec, dataBytes: number): Problem[] {
  if (storageBytes === undefined || storageBytes >= LOG_FACTOR * dataBytes) return [];
  return [
    {
      prop: 'storage',
      wanted:
        `must be ${formatQuantity(LOG_FACTOR * dataBytes, 'bytes')} or more: ${LOG_FACTOR} × ` +
        `${formatQuantity(dataBytes, 'bytes')} of data, for a log that has doubled and the one that replaces it`,
      got: formatQuantity(storageBytes, 'bytes'),
      fix: 'Raise it, or lower resources.memory.',
    },
  ];
}
