import { type Figure, figure } from '../figure';
import { formatQuantity } from '../format';
import { BYTES_MAX, SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import { procs } from '../sizing/cpu';
import { heapLimit } from '../sizing/memory';
import { checkNumber } from '../validate/check-number';
import { planContainer } from './container';
import type { StatefulResourcesSpec } from './spec';

const MIB = 2 ** 20;

/** The server refuses a shorter one (nats-server, `lame_duck_duration`). */
const LAME_DUCK_LEAST_SECONDS = 30;

/** Time for JetStream to hand over its leaders, close its files and end. */
const FLUSH_SECONDS = 30;

/** From here on the server warns that a message is too large (nats-server, `MAX_PAYLOAD_MAX_SIZE`). */
const PAYLOAD_MOST = 8 * MIB;

/** The plain spec of a NATS cluster, as far as its own figures depend on it. */
export interface NatsSpec {
  /** Bytes of each server's volume. */
  readonly storageBytes: number;
  /** Resources of each server. */
  readonly resources: StatefulResourcesSpec;
  /**
   * Bytes of memory for streams that are kept in memory.
   * @default 0
   */
  readonly memoryStoreBytes?: number | undefined;
  /**
   * Largest message in bytes.
   * @default 1 MiB
   */
  readonly maxPayloadBytes?: number | undefined;
  /**
   * Seconds within which clients are asked to leave.
   * @default 30
   */
  readonly lameDuckSeconds?: number | undefined;
}

/** Figures of a NATS cluster besides those of every stateful service. */
export type NatsFigures = Readonly<
  Record<
    'maxStore' | 'memoryStore' | 'maxPayload' | 'gomemlimit' | 'lameDuck' | 'flush' | 'gracePeriod',
    Figure
  >
> &
  Readonly<Partial<Record<'gomaxprocs', Figure>>>;

/**
 * Derives the numbers of a NATS server from its storage, memory and shutdown.
 *
 * @param problems gets what is wrong
 */
export function natsFigures(spec: NatsSpec, problems: Problem[]): NatsFigures {
  const { cpuRequest, cpuLimit, memoryLimit } = planContainer(spec.resources);
  const gomaxprocs = procs(cpuLimit, cpuRequest.value);
  return {
    maxStore: maxStore(spec, problems),
    memoryStore: memoryStore(spec, memoryLimit.value, problems),
    maxPayload: maxPayload(spec, problems),
    gomemlimit: figure(
      heapLimit(memoryLimit.value),
      'bytes',
      (shown) =>
        `0.9 × ${formatQuantity(memoryLimit.value, 'bytes')} = ${shown}, a tenth is left for what Go does not count`,
    ),
    ...(gomaxprocs !== undefined && { gomaxprocs }),
    ...shutdown(spec, problems),
  };
}

/** A full disk stops JetStream altogether, so streams may not take all of it. */
function maxStore({ storageBytes }: NatsSpec, problems: Problem[]): Figure {
  const fix = 'Give the size of each volume, such as Size.gibibytes(10).';
  const rule = { prop: 'storage', unit: 'bytes', min: 64 * MIB, max: BYTES_MAX, parts: 1, fix } as const;
  const volume = checkNumber(storageBytes, rule, problems);
  return figure(
    Math.floor((volume * 8) / 10 / MIB) * MIB,
    'bytes',
    (shown) =>
      `0.8 × ${formatQuantity(volume, 'bytes')} (storage) = ${shown}; the rest is for the file system, Raft logs and compaction`,
  );
}

function memoryStore({ memoryStoreBytes }: NatsSpec, memory: number, problems: Problem[]): Figure {
  if (memoryStoreBytes === undefined) {
    return figure(0, 'bytes', () => 'no streams in memory: what they hold would count against its limit');
  }
  const max = Math.floor(memory / 2);
  const fix = 'Lower it, or raise resources.memory: the servers need the other half.';
  const rule = { prop: 'memoryStore', unit: 'bytes', min: 0, max, parts: 1, fix } as const;
  const bytes = checkNumber(memoryStoreBytes, rule, problems);
  return figure(bytes, 'bytes', (shown) => `${shown}, given as memoryStore`);
}

function maxPayload({ maxPayloadBytes }: NatsSpec, problems: Problem[]): Figure {
  const fix = 'Store larger inputs elsewhere, and name them in the message.';
  const rule = { prop: 'maxPayload', unit: 'bytes', min: 1, max: PAYLOAD_MOST, parts: 1, fix } as const;
  const origin = maxPayloadBytes === undefined ? "the server's default" : 'given as maxPayload';
  const bytes = checkNumber(maxPayloadBytes ?? MIB, rule, problems);
  return figure(bytes, 'bytes', (shown) => `${shown}, ${origin}`);
}

function shutdown(
  { lameDuckSeconds }: NatsSpec,
  problems: Problem[],
): Pick<NatsFigures, 'lameDuck' | 'flush' | 'gracePeriod'> {
  const bounds = { min: LAME_DUCK_LEAST_SECONDS, max: SECONDS_MAX, parts: 1 };
  const fix = `Leave it out for ${LAME_DUCK_LEAST_SECONDS} s: the server takes no less.`;
  const rule = { prop: 'lameDuck', unit: 'seconds', ...bounds, fix } as const;
  const duck = checkNumber(lameDuckSeconds ?? LAME_DUCK_LEAST_SECONDS, rule, problems);
  const origin = lameDuckSeconds === undefined ? 'the least that the server takes' : 'given as lameDuck';
  const parts = `${formatQuantity(duck, 'seconds')} + ${formatQuantity(FLUSH_SECONDS, 'seconds')}`;
  return {
    lameDuck: figure(
      duck,
      'seconds',
      (shown) => `${shown}, ${origin}: clients are asked to leave one after another`,
    ),
    flush: figure(FLUSH_SECONDS, 'seconds', (shown) => `${shown} to hand over leaders and close files`),
    gracePeriod: figure(
      duck + FLUSH_SECONDS,
      'seconds',
      (shown) => `${parts} (lame duck + flush) = ${shown}`,
    ),
  };
}
