import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';
import { ceilToMultiple, floorNoisy } from '../rounding';
import { checkNumber } from '../validate/check-number';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Connections that stay for administrators (`superuser_reserved_connections`, PostgreSQL's default). */
const RESERVED_CONNECTIONS = 3;

/** Private memory of an idle backend: its caches of the catalogue, without `work_mem`. */
const BACKEND_BYTES = 5 * MIB;

/** Least `work_mem` that a connection is planned with; below it every sort goes to disk. */
const WORK_MEM_MIN_BYTES = MIB;

/** The processes that are always there, and shared memory beside the buffers. */
const BASE_BYTES = 32 * MIB;

/** Autovacuum workers (`autovacuum_max_workers`, PostgreSQL's default), and one more for maintenance by hand. */
const MAINTENANCE_WORKERS = 4;

/** A connection in the default number of them: a backend, and as much again for its work. */
const CONNECTION_BYTES = 2 * BACKEND_BYTES;

const CONNECTIONS_MIN = RESERVED_CONNECTIONS + 1;
const CONNECTIONS_DEFAULT_MAX = 500;

/** Most that PostgreSQL takes for `max_connections`. */
const CONNECTIONS_MAX = 262_143;

const WAL_MIN_BYTES = 64 * MIB;
const WAL_MAX_BYTES = 16 * GIB;

/** What PostgreSQL's settings follow from. */
export interface PostgresSpec {
  /** Memory limit of the server in bytes. */
  readonly memoryBytes: number;
  /** Size of the volume in bytes. */
  readonly storageBytes: number;
  /**
   * `max_connections`.
   * @default as many as two fifths of the memory hold
   */
  readonly maxConnections?: number;
}

/** Figures of a PostgreSQL server. */
export type PostgresFigures = Readonly<
  Record<
    | 'maxConnections'
    | 'usableConnections'
    | 'sharedBuffers'
    | 'maintenanceMemory'
    | 'workMemory'
    | 'cacheSize'
    | 'walSize',
    Figure
  >
>;

/** The figures of a PostgreSQL server, and what is wrong with its spec. */
export interface PostgresSizing {
  readonly figures: PostgresFigures;
  readonly problems: readonly Problem[];
}

/**
 * Derives PostgreSQL's settings from memory and storage. Shares of the memory are those of PostgreSQL's manual,
 * "Resource Consumption": a quarter for shared buffers; what the kernel caches beside them counts as cache.
 */
export function planPostgres(spec: PostgresSpec): PostgresSizing {
  const problems: Problem[] = [];
  const { memoryBytes } = spec;
  const shared = floorToMebibytes(memoryBytes / 4);
  const maintenance = Math.min(GIB, floorToMebibytes(memoryBytes / 8 / MAINTENANCE_WORKERS));
  const connections = maxConnections(spec, problems);
  const fixed = shared + MAINTENANCE_WORKERS * maintenance + BASE_BYTES;
  checkMemory(spec, connections.value, problems);
  return {
    figures: {
      maxConnections: connections,
      usableConnections: figure(
        connections.value - RESERVED_CONNECTIONS,
        'count',
        (shown) =>
          `${formatNumber(connections.value)} − ${RESERVED_CONNECTIONS} for administrators = ${shown} for workloads`,
      ),
      sharedBuffers: share(shared, `a quarter of ${formatQuantity(memoryBytes, 'bytes')}`),
      maintenanceMemory: share(
        maintenance,
        `an eighth of ${formatQuantity(memoryBytes, 'bytes')} ÷ ${MAINTENANCE_WORKERS} workers`,
      ),
      workMemory: workMemory(memoryBytes, fixed, connections.value),
      cacheSize: share(floorToMebibytes((memoryBytes * 3) / 4), 'three quarters of the memory'),
      walSize: walSize(spec.storageBytes),
    },
    problems,
  };
}

function maxConnections({ memoryBytes, maxConnections: given }: PostgresSpec, problems: Problem[]): Figure {
  if (given !== undefined) {
    const rule = { unit: 'count', min: CONNECTIONS_MIN, max: CONNECTIONS_MAX, parts: 1 } as const;
    const fix = `Give ${CONNECTIONS_MIN} or more, ${RESERVED_CONNECTIONS} of which stay for administrators; or leave it out.`;
    const legal = checkNumber(given, { ...rule, prop: 'maxConnections', fix }, problems);
    return figure(legal, 'count', (shown) => `${shown}, given as maxConnections`);
  }
  const fitting = floorNoisy((memoryBytes * 0.4) / CONNECTION_BYTES);
  const count = Math.min(CONNECTIONS_DEFAULT_MAX, Math.max(CONNECTIONS_MIN, fitting));
  return figure(
    count,
    'count',
    (shown) =>
      `0.4 × ${formatQuantity(memoryBytes, 'bytes')} ÷ ${formatQuantity(CONNECTION_BYTES, 'bytes')} each, ` +
      `from ${CONNECTIONS_MIN} to ${CONNECTIONS_DEFAULT_MAX}: ${shown}`,
  );
}

/** What is left when everything else has its part, in whole kB as PostgreSQL writes it. */
function workMemory(memoryBytes: number, fixed: number, connections: number): Figure {
  const left = memoryBytes - fixed - connections * BACKEND_BYTES;
  const each = Math.max(WORK_MEM_MIN_BYTES, Math.floor(left / connections / 1024) * 1024);
  return figure(
    each,
    'bytes',
    (shown) =>
      `(${formatQuantity(memoryBytes, 'bytes')} − ${formatQuantity(fixed, 'bytes')} shared and for maintenance − ` +
      `${formatNumber(connections)} × ${formatQuantity(BACKEND_BYTES, 'bytes')}) ÷ ${formatNumber(connections)} ` +
      `connections, at least ${formatQuantity(WORK_MEM_MIN_BYTES, 'bytes')}: ${shown}`,
  );
}

function walSize(storageBytes: number): Figure {
  const size = Math.min(WAL_MAX_BYTES, Math.max(WAL_MIN_BYTES, floorToMebibytes(storageBytes / 4)));
  return figure(
    size,
    'bytes',
    (shown) =>
      `a quarter of ${formatQuantity(storageBytes, 'bytes')} of storage, ` +
      `from ${formatQuantity(WAL_MIN_BYTES, 'bytes')} to ${formatQuantity(WAL_MAX_BYTES, 'bytes')}: ${shown}`,
  );
}

function checkMemory({ memoryBytes }: PostgresSpec, connections: number, problems: Problem[]): void {
  // Three eighths go to shared buffers and maintenance, whatever the memory is.
  const needed = (BASE_BYTES + connections * (BACKEND_BYTES + WORK_MEM_MIN_BYTES)) / (5 / 8);
  if (memoryBytes >= needed) return;
  const least = ceilToMultiple(needed, MIB);
  problems.push({
    prop: 'resources.memory',
    wanted:
      `must be ${formatQuantity(least, 'bytes')} or more: (${formatQuantity(BASE_BYTES, 'bytes')} + ` +
      `${formatNumber(connections)} connections × ${formatQuantity(BACKEND_BYTES + WORK_MEM_MIN_BYTES, 'bytes')}) ÷ ⅝, ` +
      'the rest is for shared buffers and maintenance',
    got: formatQuantity(memoryBytes, 'bytes'),
    fix: 'Raise it, or lower maxConnections.',
  });
}

function share(bytes: number, of: string): Figure {
  return figure(bytes, 'bytes', (shown) => `${of}: ${shown}`);
}

function floorToMebibytes(bytes: number): number {
  return Math.floor(bytes / MIB) * MIB;
}
