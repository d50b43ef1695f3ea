import { EnvValue, type Job, Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Connection } from '../../network/endpoint';
import { variableName } from '../../network/variable-name';
import { formatProblem, type Problem } from '../../plan/problem';
import type { NatsFigures } from '../../plan/stateful/nats';
import { requireOptions, requireProps } from '../../shape/require-shape';
import type { PasswordCredentials } from '../../source/client-access';
import { StatefulService } from '../stateful-service';
import { natsCredentials, natsEnvironment } from './access';
import { checkStreams } from './check-streams';
import { NATS_PORTS } from './configuration';
import type { NatsClusterProps, NatsStreamProps } from './props';
import { natsServiceProps } from './service-props';
import { NatsStream } from './stream';
import { streamNameMax } from './stream-job';
import { StreamJobs } from './stream-jobs';
import { declareStream } from './stream-settings';

/**
 * NATS servers with JetStream: streams that lie on the servers' volumes, each in copies on several of them.
 *
 * ```ts
 * const broker = new NatsCluster(this, 'broker', { replicas: 3, storage: Size.gibibytes(10) });
 * const photos = broker.stream('photos', { maxAge: Duration.days(7) });
 * const develop = new Worker(this, 'develop', {
 *   app: GoApp.fromDirectory('apps/develop'),
 *   source: photos.consumer('develop'),
 *   task: {
 *     cpuTime: Duration.millis(260),
 *     duration: { mean: Duration.millis(280), max: Duration.seconds(20) },
 *     memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(90) },
 *   },
 *   concurrency: 4,
 *   scale: { min: 3, max: 40, drainWithin: Duration.minutes(1) },
 * });
 * ```
 *
 * Clients have to know the user and the password of the Secret `broker-auth`, which the program does not make.
 */
export class NatsCluster extends StatefulService<NatsFigures> {
  private readonly credentials: Required<PasswordCredentials> | undefined;
  private readonly streams = new Map<string, NatsStream>();
  private readonly jobs: StreamJobs;

  constructor(scope: Construct, id: string, props: NatsClusterProps) {
    requireProps('NatsCluster', { scope, id, isSubclass: new.target !== NatsCluster }, props);
    const problems: Problem[] = [];
    super(scope, id, natsServiceProps(id, props, problems));
    this.report(problems);
    const { auth = {} } = props;
    if (auth !== 'none') {
      const secret = auth.secret ?? Secret.fromSecretName(this, 'Auth', `${id}-auth`);
      this.credentials = natsCredentials(auth, secret);
    }
    const [server] = this.statefulSet.containers;
    const hosts = this.podEndpoints('routes').map(({ host }) => host);
    const variables = natsEnvironment(hosts, NATS_PORTS.routes, this.credentials);
    for (const [name, value] of Object.entries(variables)) server?.env.addVariable(name, value);
    this.jobs = new StreamJobs(this, { ...props, cluster: id, reach: this.reach() });
    this.node.addValidation({ validate: () => this.streamProblems().map(formatProblem) });
  }

  /**
   * A stream, which a Job makes, and updates when it is declared otherwise. Streams that are no longer declared stay
   * on the servers, and so does what they hold.
   *
   * @param name of lower-case letters, digits and dashes; a second call with the same name gives the same stream, and
   * then takes no props
   */
  stream(name: string, props?: NatsStreamProps): NatsStream {
    requireOptions('NatsCluster.stream', props, this);
    const known = this.streams.get(name);
    if (known !== undefined) {
      if (props !== undefined) this.report([declaredTwice(name)]);
      return known;
    }
    const declared = declareStream(name, props ?? {}, this.ground);
    this.report(declared.problems);
    const stream = new NatsStream(declared.stream, declared.dead, this.reach());
    this.streams.set(name, stream);
    this.jobs.add(declared);
    return stream;
  }

  /** The Jobs that make the streams, in the order of their declaration. */
  get streamJobs(): readonly Job[] {
    return this.jobs.made;
  }

  /**
   * What a workload needs to call the servers: their policy is opened for it, and it gets the variables `BROKER_URL`
   * and, unless `auth` is `'none'`, `BROKER_USER` and `BROKER_PASSWORD`.
   */
  override connection(): Connection {
    const { servers, connection } = this.reach();
    const variable = (suffix: string) => variableName(connection.name, suffix);
    return {
      ...connection,
      env: {
        [variable('URL')]: EnvValue.fromValue(servers.join(',')),
        ...(this.credentials !== undefined && {
          [variable('USER')]: this.credentials.user,
          [variable('PASSWORD')]: this.credentials.password,
        }),
      },
    };
  }

  private get ground() {
    const { replicas, maxStore } = this.plan.figures;
    return { servers: replicas.value, maxStore: maxStore.value };
  }

  private reach() {
    const endpoint = this.endpoint('client');
    return {
      servers: [`nats://${endpoint.host}:${endpoint.port}`],
      credentials: this.credentials,
      connection: { name: endpoint.name, endpoints: [endpoint], env: {} },
    };
  }

  private streamProblems(): Problem[] {
    return checkStreams([...this.streams.values()], this.ground, streamNameMax(this.jobs.name));
  }
}

function declaredTwice(name: string): Problem {
  return {
    prop: `stream('${name}')`,
    wanted: 'must be declared once',
    got: 'a second declaration',
    fix: `Call stream('${name}') without props to use it again.`,
  };
}
