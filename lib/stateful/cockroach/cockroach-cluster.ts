import { Duration, Size } from 'cdk8s';
import {
  ConnectionScheme,
  Cpu,
  EnvFieldPaths,
  EnvValue,
  type ISecret,
  type Job,
  Probe,
  Volume,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type CockroachFigures, planCockroach } from '../../plan/stateful/cockroach';
import { requireProps } from '../../shape/require-shape';
import { bytes, cores } from '../../workload/quantity';
import { memberDomain } from '../addresses';
import { jobIdentity } from '../declaration-job';
import { ordinals } from '../names';
import type { ServerResources } from '../props';
import { scriptJob } from '../script-job';
import { credentialValues, SqlServer } from '../sql/sql-server';
import {
  CERTIFICATES_FOLDER,
  CONFIG_FOLDER,
  DATA_FOLDER,
  INIT_SCRIPT,
  initScript,
  PORTS,
} from './configuration';
import type { CockroachClusterProps } from './props';

const IMAGE = 'cockroachdb/cockroach:v25.2.4';
const RESOURCES: ServerResources = { cpu: { request: Cpu.units(2) }, memory: Size.gibibytes(8) };

/** A member hands over its leases and lets its clients go before it ends. */
const GRACE = Duration.seconds(300);

/** As a member that owns nothing of the files may read them, and nobody else. */
const CERTIFICATE_MODE = 0o440;

/**
 * CockroachDB: members that keep three copies of everything, encrypted traffic, a database and its user. Clients speak
 * TLS and trust the `ca.crt` of the certificates.
 *
 * Its server cannot be had where Capstan is tested: the manifests are checked against Kubernetes, and have not been run.
 *
 * ```ts
 * const catalog = new CockroachCluster(this, 'catalog', {
 *   replicas: 3,
 *   storage: Size.gibibytes(100),
 *   credentials: { secret: Secret.fromSecretName(this, 'CatalogSecret', 'catalog') },
 *   certificates: {
 *     node: Secret.fromSecretName(this, 'NodeCertificate', 'catalog-node'),
 *     root: Secret.fromSecretName(this, 'RootCertificate', 'catalog-root'),
 *   },
 * });
 * const budget = catalog.budget({ connectionsPerPod: 1 });
 * ```
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class CockroachCluster extends SqlServer<CockroachFigures> {
  /** The Job that makes cluster, database and user. */
  readonly initJob: Job;

  constructor(scope: Construct, id: string, props: CockroachClusterProps) {
    requireProps('CockroachCluster', { scope, id, isSubclass: new.target !== CockroachCluster }, props);
    const { replicas, storage, storageClass, resources = RESOURCES, maxConnections } = props;
    const { figures, problems } = planCockroach({
      replicas,
      memoryBytes: bytes(resources.memory),
      cpuRequest: cores(resources.cpu.request),
      ...(maxConnections !== undefined && { maxConnections }),
    });
    const domain = memberDomain(scope, id);
    super(scope, id, {
      ...props,
      database: props.database ?? id.replaceAll('-', '_'),
      app: 'cockroachdb',
      image: props.image ?? IMAGE,
      command: ['cockroach'],
      args: startArguments(id, domain, replicas, figures),
      quorum: true,
      ports: [
        { name: 'sql', number: PORTS.sql, peers: true },
        { name: 'http', number: PORTS.http, clients: false, open: true },
      ],
      claims: {
        data: { size: storage, path: DATA_FOLDER, ...(storageClass !== undefined && { storageClass }) },
      },
      env: { POD_NAME: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME) },
      volumes: [certificateMount(scope, `${id}-node-certificate`, props.certificates.node, 'node')],
      resources,
      probes: PROBES,
      gracePeriod: GRACE,
      figures,
    });
    this.report(problems);
    this.initJob = this.addInitJob(props);
  }

  private addInitJob(props: CockroachClusterProps): Job {
    const { nodePool, priority, image, certificates } = props;
    const { user, password } = credentialValues(props.credentials);
    const scope = new Construct(this, 'Init');
    const { host } = this.endpoint();
    const [first] = this.podEndpoints();
    return scriptJob(scope, {
      identity: jobIdentity(scope, {
        name: `${this.endpoint().name}-init`,
        app: 'cockroachdb',
        connection: { name: this.endpoint().name, endpoints: this.podEndpoints(), env: {} },
        ...(nodePool !== undefined && { nodePool }),
        ...(priority !== undefined && { priority }),
      }),
      about: 'database',
      image: image ?? IMAGE,
      script: {
        folder: CONFIG_FOLDER,
        file: INIT_SCRIPT,
        text: initScript(first?.host ?? host, this.database),
      },
      env: {
        COCKROACH_USER: user,
        COCKROACH_PASSWORD: password,
      },
      cpuRequest: 0.05,
      memoryBytes: 256 * 2 ** 20,
      mounts: [certificateMount(scope, 'RootCertificate', certificates.root, 'client.root')],
    });
  }
}

const PROBES = {
  startup: Probe.fromTcpSocket({
    port: PORTS.http,
    periodSeconds: Duration.seconds(10),
    failureThreshold: 180,
  }),
  // Not ready before the cluster is made, which the Job does through the members' own names.
  readiness: Probe.fromHttpGet('/health?ready=1', {
    port: PORTS.http,
    scheme: ConnectionScheme.HTTPS,
    periodSeconds: Duration.seconds(5),
    failureThreshold: 2,
  }),
};

function startArguments(
  name: string,
  domain: string,
  replicas: number,
  { cache, sqlMemory }: CockroachFigures,
): string[] {
  const hosts = ordinals(replicas).map((ordinal) => `${name}-${ordinal}.${domain}`);
  return [
    'start',
    `--join=${hosts.map((host) => `${host}:${PORTS.sql}`).join(',')}`,
    `--advertise-host=$(POD_NAME).${domain}`,
    `--certs-dir=${CERTIFICATES_FOLDER}`,
    `--store=path=${DATA_FOLDER}`,
    `--http-addr=:${PORTS.http}`,
    `--cache=${cache.value}`,
    `--max-sql-memory=${sqlMemory.value}`,
    '--logtostderr=INFO',
  ];
}

/** The files of a Secret of cert-manager under the names that CockroachDB looks for. */
function certificateMount(scope: Construct, id: string, secret: ISecret, owner: 'node' | 'client.root') {
  const volume = Volume.fromSecret(scope, id, secret, {
    name: 'certificates',
    defaultMode: CERTIFICATE_MODE,
    items: {
      'ca.crt': { path: 'ca.crt' },
      'tls.crt': { path: `${owner}.crt` },
      'tls.key': { path: `${owner}.key` },
    },
  });
  return { path: CERTIFICATES_FOLDER, readOnly: true, volume };
}
