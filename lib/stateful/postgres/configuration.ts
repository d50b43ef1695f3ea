import type { PostgresFigures } from '../../plan/stateful/postgres';

/** Folder of the configuration files. */
export const CONFIG_FOLDER = '/etc/postgresql';

/** Folder of the volume; the data lies in a folder below it, since a file system may keep files at its top. */
export const DATA_FOLDER = '/var/lib/postgresql/data';

/** The files of a PostgreSQL server by name. */
export function postgresFiles(figures: PostgresFigures, user: number): Record<string, string> {
  return {
    'postgresql.conf': postgresConf(figures),
    'pg_hba.conf': PG_HBA,
    'start.sh': START,
    passwd: `postgres:x:${user}:${user}:PostgreSQL:/tmp:/bin/sh\n`,
  };
}

function postgresConf(figures: PostgresFigures): string {
  const { maxConnections, sharedBuffers, maintenanceMemory, workMemory, cacheSize, walSize } = figures;
  const settings: Record<string, string | number> = {
    listen_addresses: "'*'",
    unix_socket_directories: "'/tmp'",
    max_connections: maxConnections.value,
    superuser_reserved_connections: maxConnections.value - figures.usableConnections.value,
    password_encryption: "'scram-sha-256'",
    shared_buffers: mebibytes(sharedBuffers.value),
    effective_cache_size: mebibytes(cacheSize.value),
    maintenance_work_mem: mebibytes(maintenanceMemory.value),
    work_mem: `${Math.floor(workMemory.value / 1024)}kB`,
    // Nothing that was confirmed is lost: these are PostgreSQL's defaults, which a later default must not undo.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    wal_compression: 'on',
    max_wal_size: mebibytes(walSize.value),
    min_wal_size: mebibytes(Math.max(32 * 2 ** 20, walSize.value / 4)),
    checkpoint_completion_target: 0.9,
    // A client that is gone, or forgot its transaction, must not hold a connection or hold up vacuum for ever.
    tcp_keepalives_idle: 60,
    tcp_keepalives_interval: 10,
    tcp_keepalives_count: 6,
    idle_in_transaction_session_timeout: "'5min'",
    log_destination: "'stderr'",
    logging_collector: 'off',
    log_line_prefix: "'%m [%p] %q%u@%d '",
    log_checkpoints: 'on',
    log_lock_waits: 'on',
    log_min_duration_statement: "'1s'",
    log_timezone: "'UTC'",
    timezone: "'UTC'",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)}MB`;
}

const PG_HBA = `# TYPE  DATABASE  USER  ADDRESS  METHOD
local   all       all            scram-sha-256
host    all       all   all      scram-sha-256
`;

/**
 * Makes the database at the first start, in a folder of another name until it is whole, so that a start that was cut
 * off is made again. It needs PostgreSQL's programs and a shell, and nothing that is special to an image.
 */
const START = `#!/bin/sh
set -eu
here=$(dirname "$0")

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  part=$PGDATA.part
  rm -rf "$part"
  umask 077
  printf '%s\\n' "$POSTGRES_ADMIN_PASSWORD" >/tmp/admin-password
  initdb --pgdata="$part" --username=postgres --pwfile=/tmp/admin-password \\
    --auth-local=trust --auth-host=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C.UTF-8
  rm /tmp/admin-password
  pg_ctl --pgdata="$part" --wait --options="-c listen_addresses='' -c unix_socket_directories=/tmp" start
  psql --host=/tmp --username=postgres --dbname=postgres --no-psqlrc --set=ON_ERROR_STOP=1 <<'SQL'
\\getenv user POSTGRES_USER
\\getenv password POSTGRES_PASSWORD
\\getenv database POSTGRES_DATABASE
CREATE ROLE :"user" LOGIN PASSWORD :'password';
CREATE DATABASE :"database" OWNER :"user";
SQL
  pg_ctl --pgdata="$part" --wait stop
  mv "$part" "$PGDATA"
fi

# The group that a volume is mounted for may have got more than PostgreSQL allows.
chmod 0700 "$PGDATA"
unset POSTGRES_ADMIN_PASSWORD POSTGRES_PASSWORD

postgres -D "$PGDATA" -c config_file="$here/postgresql.conf" -c hba_file="$here/pg_hba.conf" &
server=$!
# SIGTERM would wait for every client to go; SIGINT ends their sessions and leaves nothing to recover.
trap 'kill -INT "$server" 2>/dev/null || true' TERM INT
code=0
wait "$server" || code=$?
# A signal ends a wait before the server has ended.
while kill -0 "$server" 2>/dev/null; do
  code=0
  wait "$server" || code=$?
done
exit "$code"
`;
