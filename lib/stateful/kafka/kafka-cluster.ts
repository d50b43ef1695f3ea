import { Duration, Size } from 'cdk8s';
import { Cpu, EnvFieldPaths, EnvValue, type Job, Probe } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Connection } from '../../network/endpoint';
import { variableName } from '../../network/variable-name';
import { formatProblem } from '../../plan/problem';
import { type KafkaFigures, planKafka } from '../../plan/stateful/kafka';
import { requireOptions, requireProps } from '../../shape/require-shape';
import type { PasswordCredentials } from '../../source/client-access';
import { bytes } from '../../workload/quantity';
import { memberDomain } from '../addresses';
import { type JobIdentity, jobIdentity } from '../declaration-job';
import { ordinals } from '../names';
import type { ServerResources } from '../props';
import { scriptJob } from '../script-job';
import { StatefulService } from '../stateful-service';
import { checkTopics } from './check-topics';
import { CONFIG_FOLDER, DATA_FOLDER, kafkaFiles, PORTS } from './configuration';
import type { KafkaClusterProps, KafkaCredentials, KafkaTopicProps } from './props';
import { type DeclaredTopic, type KafkaReach, KafkaTopic } from './topic';
import { TOPIC_SCRIPT, topicScript } from './topic-script';

const IMAGE = 'apache/kafka:4.1.0';
const JARS = '/opt/kafka/libs';
const RETENTION = Duration.days(7);
const RESOURCES: ServerResources = { cpu: { request: Cpu.millis(500) }, memory: Size.gibibytes(2) };

/** A broker hands over its partitions one after another before it ends. */
const GRACE = Duration.seconds(120);

/** Half an hour: after a crash the logs are read again before anybody is served. */
const STARTUP_TRIES = 180;

/**
 * Kafka in KRaft mode: members that are broker and controller, topics that are made from their declaration, clients
 * that log in (SCRAM). Network traffic is not encrypted; the network policies let only those in that use it.
 *
 * ```ts
 * const events = new KafkaCluster(this, 'events', {
 *   replicas: 3,
 *   storage: Size.gibibytes(50),
 *   credentials: { secret: Secret.fromSecretName(this, 'EventsSecret', 'events') },
 * });
 * const photos = events.topic('photos', { partitions: 12, maxBytes: Size.gibibytes(2) });
 * const source = photos.group('develop');
 * ```
 *
 * The Secret has the keys `username`, `password` and `admin-password`. A mistake in the props does not throw here: it
 * is listed with all others when the tree is synthesized.
 */
export class KafkaCluster extends StatefulService<KafkaFigures> {
  private readonly props: KafkaClusterProps;
  private readonly topics: DeclaredTopic[] = [];
  private readonly jobs: Job[] = [];
  private identity: JobIdentity | undefined;

  constructor(scope: Construct, id: string, props: KafkaClusterProps) {
    requireProps('KafkaCluster', { scope, id, isSubclass: new.target !== KafkaCluster }, props);
    const { replicas, storage, storageClass, credentials, resources = RESOURCES } = props;
    const { figures, problems } = planKafka({
      replicas,
      memoryBytes: bytes(resources.memory),
      storageBytes: bytes(storage),
    });
    const domain = memberDomain(scope, id);
    const hosts = ordinals(replicas).map((ordinal) => `${id}-${ordinal}.${domain}`);
    super(scope, id, {
      ...props,
      app: 'kafka',
      image: props.image ?? IMAGE,
      command: ['/bin/sh', `${CONFIG_FOLDER}/start.sh`],
      quorum: true,
      ports: [
        { name: 'kafka', number: PORTS.client },
        { name: 'controller', number: PORTS.controller, clients: false, peers: true },
        { name: 'internal', number: PORTS.internal, clients: false, peers: true },
      ],
      claims: {
        data: { size: storage, path: DATA_FOLDER, ...(storageClass !== undefined && { storageClass }) },
      },
      config: { path: CONFIG_FOLDER, files: kafkaFiles({ name: id, hosts, figures }) },
      env: {
        POD_NAME: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME),
        KAFKA_HOST: EnvValue.fromValue(`$(POD_NAME).${domain}`),
        KAFKA_DATA: EnvValue.fromValue(DATA_FOLDER),
        KAFKA_JARS: EnvValue.fromValue(props.jars ?? JARS),
        KAFKA_HEAP: EnvValue.fromValue(`${Math.floor(figures.heap.value / 2 ** 20)}m`),
        ...login(credentials),
        KAFKA_ADMIN_PASSWORD: secretValue(credentials, credentials.adminPassword ?? 'admin-password'),
      },
      resources: { scratch: Size.mebibytes(64), ...resources },
      probes: PROBES,
      gracePeriod: GRACE,
      figures,
    });
    this.props = props;
    this.report(problems);
    const ground = { members: replicas, logRoom: figures.logRoom.value };
    this.node.addValidation({ validate: () => checkTopics(this.topics, ground).map(formatProblem) });
  }

  /**
   * A topic, which a Job makes, and makes anew when it is declared otherwise; and `NAME.dead`, where workers send dead
   * letters. Topics that are no longer declared stay in the cluster, and so does what they hold.
   */
  topic(name: string, props: KafkaTopicProps): KafkaTopic {
    requireOptions('KafkaCluster.topic', props, this);
    const { partitions, maxBytes, copies = this.plan.figures.copies.value, retention = RETENTION } = props;
    const declared = { name, partitions, copies, retention, maxBytes };
    const isKnown = this.topics.some((topic) => topic.name === name);
    this.topics.push(declared);
    if (!isKnown) {
      this.addTopic(declared);
      const dead = { ...declared, name: deadName(name), partitions: 1 };
      this.topics.push(dead);
      this.addTopic(dead);
    }
    return new KafkaTopic(name, partitions, deadName(name), this.reach());
  }

  /** The Jobs that make the topics, in the order of their declaration. */
  get topicJobs(): readonly Job[] {
    return [...this.jobs];
  }

  /**
   * How a workload calls the cluster: EVENTS_BROKERS with the addresses of the members, and by Secret reference
   * EVENTS_USER and EVENTS_PASSWORD.
   */
  override connection(): Connection {
    const endpoints = this.podEndpoints();
    const { name } = this.endpoint();
    const variable = (suffix: string) => variableName(name, suffix);
    const { user, password } = credentialsOf(this.props.credentials);
    return {
      name,
      endpoints,
      env: {
        [variable('BROKERS')]: EnvValue.fromValue(
          endpoints.map(({ host, port }) => `${host}:${port}`).join(','),
        ),
        [variable('USER')]: user,
        [variable('PASSWORD')]: password,
      },
    };
  }

  private reach(): KafkaReach {
    return {
      brokers: this.podEndpoints().map(({ host, port }) => `${host}:${port}`),
      credentials: credentialsOf(this.props.credentials),
      // The program brings its credentials itself.
      connection: { ...this.connection(), env: {} },
    };
  }

  private addTopic(declared: DeclaredTopic): void {
    const { nodePool, priority, image, jars, credentials } = this.props;
    this.identity ??= jobIdentity(new Construct(this, 'Topics'), {
      name: `${this.endpoint().name}-topics`,
      app: 'kafka',
      connection: this.connection(),
      ...(nodePool !== undefined && { nodePool }),
      ...(priority !== undefined && { priority }),
    });
    const members = this.podEndpoints().map(({ host }) => host);
    const job = scriptJob(new Construct(this, `topic-${declared.name}`), {
      identity: this.identity,
      about: declared.name.toLowerCase().replaceAll('.', '-'),
      image: image ?? IMAGE,
      script: { folder: CONFIG_FOLDER, file: TOPIC_SCRIPT, text: topicScript(declared, members) },
      env: { ...login(credentials), KAFKA_JARS: EnvValue.fromValue(jars ?? JARS) },
      // Java is started four times, to send a few requests.
      cpuRequest: 0.05,
      memoryBytes: 256 * 2 ** 20,
    });
    this.jobs.push(job);
  }
}

const PROBES = {
  startup: Probe.fromTcpSocket({
    port: PORTS.client,
    periodSeconds: Duration.seconds(10),
    failureThreshold: STARTUP_TRIES,
  }),
  readiness: Probe.fromTcpSocket({ port: PORTS.client, periodSeconds: Duration.seconds(5) }),
};

function deadName(topic: string): string {
  return `${topic}.dead`;
}

function credentialsOf(credentials: KafkaCredentials): Required<PasswordCredentials> {
  return {
    user: secretValue(credentials, credentials.username ?? 'username'),
    password: secretValue(credentials, credentials.password ?? 'password'),
  };
}

function login(credentials: KafkaCredentials): Record<string, EnvValue> {
  const { user, password } = credentialsOf(credentials);
  return { KAFKA_USER: user, KAFKA_PASSWORD: password };
}

function secretValue({ secret }: KafkaCredentials, key: string): EnvValue {
  return EnvValue.fromSecretValue({ secret, key });
}
