import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';
import { checkNumber } from '../validate/check-number';

const MIB = 2 ** 20;

/** Active connections that a core keeps busy ("Connection pooling", CockroachDB's manual). */
const CONNECTIONS_PER_CORE = 4;

/** Share of the memory for each of the two big pools ("Production checklist"). */
const POOL_SHARE = 0.25;

/** Below it queries fail for lack of memory ("Production checklist": at least 2 GiB a core; half of it for trials). */
const MEMORY_MIN_BYTES = 1024 * MIB;

/** What CockroachDB's settings follow from. */
export interface CockroachSpec {
  /** Members. */
  readonly replicas: number;
  /** Memory limit of a member in bytes. */
  readonly memoryBytes: number;
  /** Cores that a member asks for. */
  readonly cpuRequest: number;
  /**
   * Connections that workloads may hold at all members together.
   * @default 4 for each core
   */
  readonly maxConnections?: number;
}

/** Figures of a CockroachDB cluster. */
export type CockroachFigures = Readonly<Record<'cache' | 'sqlMemory' | 'usableConnections', Figure>>;

/** The figures of a CockroachDB cluster, and what is wrong with its spec. */
export interface CockroachSizing {
  readonly figures: CockroachFigures;
  readonly problems: readonly Problem[];
}

/** Derives CockroachDB's settings from its members, CPU and memory. */
export function planCockroach(spec: CockroachSpec): CockroachSizing {
  const problems = checkMemory(spec.memoryBytes);
  const pool = Math.floor((spec.memoryBytes * POOL_SHARE) / MIB) * MIB;
  const share = (what: string) =>
    figure(
      pool,
      'bytes',
      (shown) =>
        `${formatNumber(POOL_SHARE)} × ${formatQuantity(spec.memoryBytes, 'bytes')} ${what}: ${shown}`,
    );
  return {
    figures: {
      cache: share('for the cache of the storage engine'),
      sqlMemory: share('for queries'),
      usableConnections: connections(spec, problems),
    },
    problems,
  };
}

function connections({ replicas, cpuRequest, maxConnections }: CockroachSpec, problems: Problem[]): Figure {
  if (maxConnections !== undefined) {
    const rule = { unit: 'count', min: 1, max: 1_000_000, parts: 1 } as const;
    const fix = 'Give the connections that workloads may hold, or leave it out.';
    const legal = checkNumber(maxConnections, { ...rule, prop: 'maxConnections', fix }, problems);
    return figure(legal, 'count', (shown) => `${shown}, given as maxConnections`);
  }
  const count = Math.max(1, Math.floor(CONNECTIONS_PER_CORE * cpuRequest * replicas));
  return figure(
    count,
    'count',
    (shown) =>
      `${CONNECTIONS_PER_CORE} × ${formatQuantity(cpuRequest, 'cores')} × ${formatQuantity(replicas, 'pods')} = ${shown}`,
  );
}

function checkMemory(memoryBytes: number): Problem[] {
  if (memoryBytes >= MEMORY_MIN_BYTES) return [];
  return [
    {
      prop: 'resources.memory',
      wanted: `must be ${formatQuantity(MEMORY_MIN_BYTES, 'bytes')} or more`,
      got: formatQuantity(memoryBytes, 'bytes'),
      fix: 'Raise it; 2 GiB for each core serve a production cluster well.',
    },
  ];
}
