import type { RedisFigures } from '../../plan/stateful/redis';

/** Folder of the configuration files. */
export const CONFIG_FOLDER = '/etc/redis';

/** Folder of what Redis writes. */
export const DATA_FOLDER = '/data';

/** Ports of a member. */
export const PORTS = { redis: 6379, sentinel: 26_379 } as const;

/** What Redis does when its memory is full: refuse writes, or forget the keys that were used least or expire next. */
export type RedisEviction = 'noeviction' | 'allkeys-lru' | 'allkeys-lfu' | 'volatile-lru' | 'volatile-ttl';

/** What the files of a Redis server are made from. */
export interface RedisFilesInput {
  readonly figures: RedisFigures;
  readonly eviction: RedisEviction;
  /** How writes reach the disk; `undefined`: not at all. */
  readonly durability: 'always' | 'everysec' | undefined;
}

/** The files of a Redis server by name. */
export function redisFiles(input: RedisFilesInput): Record<string, string> {
  return {
    'redis.conf': redisConf(input),
    'start.sh': START,
    ...(input.figures.failoverQuorum !== undefined && {
      'sentinel.conf': SENTINEL_CONF,
      'sentinel.sh': sentinelStart(input.figures.failoverQuorum.value),
    }),
  };
}

function redisConf({ figures, eviction, durability }: RedisFilesInput): string {
  const settings: [string, string | number][] = [
    ['bind', '* -::*'],
    ['port', PORTS.redis],
    ['maxmemory', figures.maxMemory.value],
    ['maxmemory-policy', eviction],
    ['repl-backlog-size', figures.replicationBacklog.value],
    ['save', '""'],
    ['appendonly', durability === undefined ? 'no' : 'yes'],
    ...(durability === undefined
      ? []
      : ([
          ['appendfsync', durability],
          // Removing an entry, as each task that is done is, scans its node of the stream.
          ['stream-node-max-entries', 16],
        ] as [string, string | number][])),
    // A master that nobody copies any more would take writes that a failover drops.
    ...(figures.failoverQuorum === undefined
      ? []
      : ([
          ['min-replicas-to-write', 1],
          ['min-replicas-max-lag', 10],
        ] as [string, number][])),
    ['tcp-keepalive', 60],
    ['timeout', 0],
    ['lazyfree-lazy-eviction', 'yes'],
    ['shutdown-timeout', 10],
  ];
  return settings.map(([name, value]) => `${name} ${value}\n`).join('');
}

const SENTINEL_CONF = `bind * -::*
port ${PORTS.sentinel}
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
`;

/**
 * What both scripts begin with. REDISCLI_AUTH is the password, which redis-cli reads by itself; it never becomes an
 * argument, which every process of the pod could see.
 */
const PREAMBLE = `#!/bin/sh
set -eu
umask 077
here=$(dirname "$0")
password=$(printf '%s' "$REDISCLI_AUTH" | sed 's/[\\\\"]/\\\\&/g')
`;

/**
 * A member asks the Sentinels of the others who the master is, then its own, which may have slept through a failover;
 * when none answers, as at the very first start, the first member is.
 */
const START = `${PREAMBLE}
conf=\${TMPDIR:-/tmp}/redis.conf
{
  echo "include $here/redis.conf"
  echo "dir $REDIS_DATA"
  printf 'requirepass "%s"\\n' "$password"
} >"$conf"

if [ -n "\${REDIS_MEMBERS:-}" ]; then
  self=
  others=
  for member in $REDIS_MEMBERS; do
    case $member in "$POD_NAME".* | "$POD_NAME") self=$member ;; *) others="$others $member" ;; esac
  done
  master=
  for member in $others $self; do
    answer=$(timeout 2 redis-cli -h "$member" -p ${PORTS.sentinel} --raw \\
      sentinel get-master-addr-by-name master 2>/dev/null | head -n 1) || answer=
    for known in $REDIS_MEMBERS; do [ "$answer" != "$known" ] || master=$known; done
    [ -z "$master" ] || break
  done
  [ -n "$master" ] || master=\${REDIS_MEMBERS%% *}
  {
    printf 'masterauth "%s"\\n' "$password"
    echo "replica-announce-ip $self"
    [ "$master" = "$self" ] || echo "replicaof $master ${PORTS.redis}"
  } >>"$conf"
fi

exec redis-server "$conf"
`;

/** Sentinel writes what it learns into its own file, which outlives its container. */
function sentinelStart(quorum: number): string {
  return `${PREAMBLE}
for member in $REDIS_MEMBERS; do
  case $member in "$POD_NAME".* | "$POD_NAME") self=$member ;; esac
done
conf=$REDIS_DATA/sentinel.conf
if [ -s "$conf" ]; then
  # The password may be another one than last time.
  grep -v -e '^requirepass ' -e '^sentinel auth-pass ' -e '^sentinel sentinel-pass ' "$conf" >"$conf.part"
else
  {
    cat "$here/sentinel.conf"
    echo "sentinel announce-ip $self"
    echo "sentinel monitor master \${REDIS_MEMBERS%% *} ${PORTS.redis} ${quorum}"
    echo "sentinel down-after-milliseconds master 5000"
    echo "sentinel failover-timeout master 60000"
    echo "sentinel parallel-syncs master 1"
  } >"$conf.part"
fi
{
  printf 'requirepass "%s"\\n' "$password"
  printf 'sentinel auth-pass master "%s"\\n' "$password"
  printf 'sentinel sentinel-pass "%s"\\n' "$password"
} >>"$conf.part"
mv "$conf.part" "$conf"

exec redis-server "$conf" --sentinel
`;
}
