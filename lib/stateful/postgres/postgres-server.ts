import { Duration, Size } from 'cdk8s';
import { Cpu, EnvValue, Probe } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { type PostgresFigures, planPostgres } from '../../plan/stateful/postgres';
import { requireProps } from '../../shape/require-shape';
import { USER } from '../../workload/pod-security';
import { bytes } from '../../workload/quantity';
import type { ServerResources } from '../props';
import { credentialValues, SqlServer } from '../sql/sql-server';
import { CONFIG_FOLDER, DATA_FOLDER, postgresFiles } from './configuration';
import type { PostgresServerProps } from './props';

const PORT = 5432;
const IMAGE = 'postgres:17.6';

/** Time for a fast shutdown: it ends sessions, and writes what is in memory. */
const GRACE = Duration.seconds(60);

/** An hour: after a crash the log is replayed before anybody is let in. */
const STARTUP_TRIES = 360;

const RESOURCES: ServerResources = { cpu: { request: Cpu.millis(500) }, memory: Size.gibibytes(1) };

/**
 * One PostgreSQL server with a volume: memory settings that follow from its size, checksums, and connections that are
 * budgeted, so that the peaks of all workloads together fit into `max_connections`.
 *
 * It has one member and no stand-by: while its pod moves, nobody is served. Where that is too little, take
 * `CockroachCluster`, or a managed database.
 *
 * ```ts
 * const catalog = new PostgresServer(this, 'catalog', {
 *   storage: Size.gibibytes(20),
 *   credentials: { secret: Secret.fromSecretName(this, 'CatalogSecret', 'catalog') },
 * });
 * const budget = catalog.budget({ connectionsPerPod: 16 });
 * catalog.plan.explain('maxConnections');
 * ```
 *
 * The Secret has the keys `username`, `password` and `admin-password`; workloads of another namespace need a copy of
 * it there. A mistake in the props does not throw here: it is listed with all others when the tree is synthesized.
 */
export class PostgresServer extends SqlServer<PostgresFigures> {
  constructor(scope: Construct, id: string, props: PostgresServerProps) {
    requireProps('PostgresServer', { scope, id, isSubclass: new.target !== PostgresServer }, props);
    const { storage, credentials, resources = RESOURCES, maxConnections, storageClass } = props;
    const { user, password } = credentialValues(credentials);
    const { secret, adminPassword = 'admin-password' } = credentials;
    const database = props.database ?? id.replaceAll('-', '_');
    const { figures, problems } = planPostgres({
      memoryBytes: bytes(resources.memory),
      storageBytes: bytes(storage),
      ...(maxConnections !== undefined && { maxConnections }),
    });
    super(scope, id, {
      ...props,
      database,
      app: 'postgresql',
      image: props.image ?? IMAGE,
      command: ['/bin/sh', `${CONFIG_FOLDER}/start.sh`],
      replicas: 1,
      ports: [{ name: 'postgresql', number: PORT }],
      claims: {
        data: { size: storage, path: DATA_FOLDER, ...(storageClass !== undefined && { storageClass }) },
      },
      config: { path: CONFIG_FOLDER, files: postgresFiles(figures, USER) },
      env: {
        PGDATA: EnvValue.fromValue(`${DATA_FOLDER}/pgdata`),
        POSTGRES_DATABASE: EnvValue.fromValue(database),
        POSTGRES_USER: user,
        POSTGRES_PASSWORD: password,
        POSTGRES_ADMIN_PASSWORD: EnvValue.fromSecretValue({ secret, key: adminPassword }),
      },
      resources,
      probes: PROBES,
      gracePeriod: GRACE,
      figures,
    });
    this.report(problems);
    this.mountUser();
  }

  /** PostgreSQL's programs ask who they run as, and images do not know our user. */
  private mountUser(): void {
    for (const container of this.statefulSet.containers) {
      const config = container.mounts.find(({ path }) => path === CONFIG_FOLDER)?.volume;
      if (config !== undefined) container.mount('/etc/passwd', config, { subPath: 'passwd', readOnly: true });
    }
  }
}

const PROBES = {
  startup: Probe.fromCommand(['pg_isready', '--quiet', '--host=127.0.0.1'], {
    periodSeconds: Duration.seconds(10),
    timeoutSeconds: Duration.seconds(5),
    failureThreshold: STARTUP_TRIES,
  }),
  readiness: Probe.fromCommand(['pg_isready', '--quiet', '--host=127.0.0.1'], {
    periodSeconds: Duration.seconds(5),
    timeoutSeconds: Duration.seconds(3),
    failureThreshold: 2,
  }),
};
