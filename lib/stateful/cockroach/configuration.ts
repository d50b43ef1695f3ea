/** Folder of the configuration files. */
export const CONFIG_FOLDER = '/etc/cockroach';

/** Folder of the volume. */
export const DATA_FOLDER = '/cockroach/data';

/** Folder of the certificates. */
export const CERTIFICATES_FOLDER = '/cockroach/certificates';

/** Ports of a member. */
export const PORTS = { sql: 26_257, http: 8080 } as const;

/** Name of the file with {@link initScript}. */
export const INIT_SCRIPT = 'init.sh';

/** Makes the cluster, the database and its user; what is there already is left as it is. */
export function initScript(host: string, database: string): string {
  return `#!/bin/sh
set -eu
certs=--certs-dir=${CERTIFICATES_FOLDER}
answer=$(cockroach init "$certs" --host='${host}:${PORTS.sql}' 2>&1) || case $answer in
  *"already been initialized"*) ;;
  *) echo "$answer" >&2; exit 1 ;;
esac
quoted() { printf "%s" "$1" | sed "s/'/''/g"; }
identifier() { printf "%s" "$1" | sed 's/"/""/g'; }
user=$(identifier "$COCKROACH_USER")
cockroach sql "$certs" --host='${host}:${PORTS.sql}' --set=errexit=true <<SQL
CREATE DATABASE IF NOT EXISTS "${database}";
CREATE USER IF NOT EXISTS "$user";
ALTER USER "$user" WITH PASSWORD '$(quoted "$COCKROACH_PASSWORD")';
ALTER DATABASE "${database}" OWNER TO "$user";
SQL
`;
}
