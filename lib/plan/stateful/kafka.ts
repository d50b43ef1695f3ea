import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** The Java runtime without its heap: code, threads, network buffers. */
const RUNTIME_BYTES = 192 * MIB;

/** Beyond it a broker's heap only makes its pauses longer: the rest serves as the kernel's cache of the log. */
const HEAP_MAX_BYTES = 6 * GIB;

const HEAP_MIN_BYTES = 128 * MIB;

/** What Kafka's log cleaner takes of a heap of 1 GiB, Kafka's own default: all at once, when the server starts. */
const CLEANER_MAX_BYTES = 128 * MIB;
const CLEANER_SHARE = 1 / 8;

/** Copies of what Kafka keeps for itself, and of a topic that says nothing else. */
const COPIES_MAX = 3;

/** Share of a volume that logs may fill: the segment that is written is never deleted, nor is metadata. */
const LOG_SHARE = 0.8;

/** What Kafka's settings follow from. */
export interface KafkaSpec {
  /** Members, each a broker and a controller. */
  readonly replicas: number;
  /** Memory limit of a member in bytes. */
  readonly memoryBytes: number;
  /** Size of each member's volume in bytes. */
  readonly storageBytes: number;
}

/** Figures of a Kafka cluster. */
export type KafkaFigures = Readonly<
  Record<'heap' | 'cleanerBuffer' | 'copies' | 'minInSync' | 'logRoom', Figure>
>;

/** The figures of a Kafka cluster, and what is wrong with its spec. */
export interface KafkaSizing {
  readonly figures: KafkaFigures;
  readonly problems: readonly Problem[];
}

/** Derives Kafka's settings from its members, memory and storage. */
export function planKafka({ replicas, memoryBytes, storageBytes }: KafkaSpec): KafkaSizing {
  const copies = Math.max(1, Math.min(COPIES_MAX, replicas));
  const half = Math.floor((memoryBytes - RUNTIME_BYTES) / 2 / MIB) * MIB;
  const heap = Math.min(HEAP_MAX_BYTES, Math.max(HEAP_MIN_BYTES, half));
  return {
    figures: {
      heap: figure(
        heap,
        'bytes',
        (shown) =>
          `half of ${formatQuantity(memoryBytes, 'bytes')} − ${formatQuantity(RUNTIME_BYTES, 'bytes')}, ` +
          `from ${formatQuantity(HEAP_MIN_BYTES, 'bytes')} to ${formatQuantity(HEAP_MAX_BYTES, 'bytes')}, ` +
          `the rest for the kernel's cache: ${shown}`,
      ),
      cleanerBuffer: figure(
        Math.min(CLEANER_MAX_BYTES, Math.floor(heap * CLEANER_SHARE)),
        'bytes',
        (shown) =>
          `${CLEANER_SHARE} × ${formatQuantity(heap, 'bytes')} of heap, at most ` +
          `${formatQuantity(CLEANER_MAX_BYTES, 'bytes')}, for the keys of compacted topics: ${shown}`,
      ),
      copies: figure(
        copies,
        'count',
        (shown) => `one on each of ${formatNumber(replicas)} members, at most ${COPIES_MAX}: ${shown}`,
      ),
      minInSync: figure(Math.max(1, copies - 1), 'count', (shown) =>
        copies > 1
          ? `all copies but one, so that a member may be away: a write counts when ${shown} have it`
          : `${shown}: there is one copy`,
      ),
      logRoom: figure(
        Math.floor(storageBytes * LOG_SHARE),
        'bytes',
        (shown) =>
          `${LOG_SHARE} × ${formatQuantity(storageBytes, 'bytes')} = ${shown} for the logs of a member`,
      ),
    },
    problems: checkMemory(memoryBytes),
  };
}

function checkMemory(memoryBytes: number): Problem[] {
  const least = RUNTIME_BYTES + 2 * HEAP_MIN_BYTES;
  if (memoryBytes >= least) return [];
  return [
    {
      prop: 'resources.memory',
      wanted: `must be ${formatQuantity(least, 'bytes')} or more: the Java runtime, a heap, and as much cache`,
      got: formatQuantity(memoryBytes, 'bytes'),
      fix: 'Raise it.',
    },
  ];
}
