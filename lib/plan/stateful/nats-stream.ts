import { formatNumber, formatQuantity } from '../format';
import { BYTES_MAX, SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import { checkNumber } from '../validate/check-number';

const MIB = 2 ** 20;

/** Most copies that JetStream keeps of a stream (nats-server, `StreamMaxReplicas`). */
const COPIES_MOST = 5;

/** A stream's share of a server's store when it says none: four of them and their dead letters fit. */
const SHARE = 5;

/** A dead-letter stream's share of its stream's bytes. */
const DEAD_SHARE = 8;

const DEAD_SECONDS = 14 * 24 * 3600;
const DUPLICATES_SECONDS = 120;
const COPIES = 3;

/** How long messages stay. */
export type StreamRetention = 'workqueue' | 'interest' | 'limits';

/** The plain spec of a stream. */
export interface StreamSpec {
  /** How long messages stay. */
  readonly retention?: StreamRetention | undefined;
  /** What gives way at a bound. */
  readonly discard?: 'old' | 'new' | undefined;
  /** Servers that keep a copy. */
  readonly replicas?: number | undefined;
  /** Most bytes of each copy. */
  readonly maxBytes?: number | undefined;
  /** Longest life of a message. */
  readonly maxAgeSeconds?: number | undefined;
  /** Most messages. */
  readonly maxMessages?: number | undefined;
  /** How long ids of messages are remembered. */
  readonly duplicateWindowSeconds?: number | undefined;
  /** Bounds of the stream for dead letters; `undefined`: there is none. */
  readonly dead?: { readonly maxBytes?: number | undefined; readonly maxAgeSeconds?: number | undefined };
}

/** What a stream stands on. */
export interface StreamGround {
  /** Servers of the cluster. */
  readonly servers: number;
  /** Bytes that each server may store. */
  readonly maxStore: number;
}

/** A stream with all of its numbers. */
export interface SettledStream {
  readonly retention: StreamRetention;
  readonly discard: 'old' | 'new';
  readonly replicas: number;
  readonly maxBytes: number;
  readonly maxAgeSeconds: number | undefined;
  readonly maxMessages: number | undefined;
  readonly duplicateWindowSeconds: number;
  readonly dead: { readonly maxBytes: number; readonly maxAgeSeconds: number } | undefined;
}

/**
 * Settles a stream's numbers; none of them depends on other streams, so that a new one changes no other.
 *
 * @param problems gets what is wrong
 */
export function settleStream(spec: StreamSpec, ground: StreamGround, problems: Problem[]): SettledStream {
  const retention = spec.retention ?? 'workqueue';
  const maxBytes = bytes(spec.maxBytes, share(ground.maxStore, SHARE), ground, 'maxBytes', problems);
  const maxAgeSeconds = age(spec.maxAgeSeconds, 'maxAge', problems);
  const { maxMessages, dead } = spec;
  return {
    retention,
    discard: spec.discard ?? (retention === 'limits' ? 'old' : 'new'),
    replicas: copies(spec.replicas, ground, problems),
    maxBytes,
    maxAgeSeconds,
    maxMessages:
      maxMessages === undefined
        ? undefined
        : checkNumber(
            maxMessages,
            {
              ...{ prop: 'maxMessages', unit: 'count', min: 1, max: Number.MAX_SAFE_INTEGER, parts: 1 },
              fix: 'Give a number of messages, or leave it out for no bound but maxBytes.',
            },
            problems,
          ),
    duplicateWindowSeconds: duplicates(spec.duplicateWindowSeconds, maxAgeSeconds, problems),
    dead: dead && {
      maxBytes: bytes(dead.maxBytes, share(maxBytes, DEAD_SHARE), ground, 'deadLetters.maxBytes', problems),
      maxAgeSeconds: age(dead.maxAgeSeconds, 'deadLetters.maxAge', problems) ?? DEAD_SECONDS,
    },
  };
}

function copies(given: number | undefined, { servers }: StreamGround, problems: Problem[]): number {
  const most = Math.min(COPIES_MOST, servers);
  const fallback = Math.min(COPIES, servers % 2 === 0 ? servers - 1 : servers);
  if (given === undefined) return fallback;
  const fix =
    given > servers
      ? `Lower it, or give the cluster ${formatNumber(given)} replicas: each copy lies on a server of its own.`
      : `Leave it out for ${formatNumber(fallback)}.`;
  const rule = { prop: 'replicas', unit: 'pods', min: 1, max: most, parts: 1, fix } as const;
  const legal = checkNumber(given, rule, problems);
  if (legal === given && legal % 2 === 0) {
    problems.push({
      prop: 'replicas',
      wanted: 'must be odd, since copies vote: an even number survives no more losses than the odd one below',
      got: formatNumber(given),
      fix: `Set it to ${formatNumber(given - 1)}, or to ${formatNumber(given + 1)} where the cluster has as many.`,
    });
  }
  return legal;
}

function bytes(
  given: number | undefined,
  fallback: number,
  { maxStore }: StreamGround,
  prop: string,
  problems: Problem[],
): number {
  if (given === undefined) return fallback;
  const fix = `A server stores ${formatQuantity(maxStore, 'bytes')} (maxStore of the cluster): raise storage, or lower it.`;
  const max = Math.min(maxStore, BYTES_MAX);
  return checkNumber(given, { prop, unit: 'bytes', min: 1, max, parts: 1, fix }, problems);
}

/** A part of some bytes, in whole MiB where there are any. */
function share(whole: number, parts: number): number {
  const part = Math.floor(whole / parts);
  return part < MIB ? part : Math.floor(part / MIB) * MIB;
}

function age(given: number | undefined, prop: string, problems: Problem[]): number | undefined {
  if (given === undefined) return undefined;
  const max = 520 * SECONDS_MAX;
  const fix = 'Give a time, such as Duration.days(7), or leave it out.';
  return checkNumber(given, { prop, unit: 'seconds', min: 1, max, fix }, problems);
}

/** The server refuses a window longer than messages live. */
function duplicates(given: number | undefined, maxAge: number | undefined, problems: Problem[]): number {
  const fallback = Math.min(DUPLICATES_SECONDS, maxAge ?? DUPLICATES_SECONDS);
  if (given === undefined) return fallback;
  const max = maxAge ?? SECONDS_MAX;
  const fix =
    maxAge === undefined
      ? `Leave it out for ${fallback} s: the server remembers every id of that time.`
      : 'Lower it to maxAge or less, or leave it out: an id is forgotten with its message.';
  return checkNumber(given, { prop: 'duplicateWindow', unit: 'seconds', min: 0.1, max, fix }, problems);
}
