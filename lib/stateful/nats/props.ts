import type { Duration, Size } from 'cdk8s';
import type { ISecret } from 'cdk8s-plus-27';
import type { StreamRetention } from '../../plan/stateful/nats-stream';
import type { PlacementProps } from '../../workload/placement';
import type { ServerResources, Sidecar, StatefulServiceProps } from '../props';

/** Properties of a `NatsCluster`. */
export interface NatsClusterProps
  extends PlacementProps,
    Pick<StatefulServiceProps, 'retention' | 'update' | 'minReady'> {
  /** Servers: 3 or 5, or 1 for development. One can not be grown to more later, see docs/nats.md. */
  readonly replicas: number;
  /** Size of each server's volume. Streams may take four fifths of it. */
  readonly storage: Size;
  /**
   * StorageClass of the volumes.
   * @default that of the environment, of its cloud, or of the cluster
   */
  readonly storageClass?: string;
  /**
   * CPU and memory of each server; what is left out has its default.
   * @default 1 core requested, 2 at most; 2 GiB of memory
   */
  readonly resources?: Partial<ServerResources>;
  /**
   * Who may connect: the holders of a user and a password of a Secret; `'none'`: everybody whom the network lets in.
   * @default the keys `user` and `password` of the Secret `NAME-auth`, which has to be there
   */
  readonly auth?: NatsAuth | 'none';
  /**
   * Image of the server, 2.11 or newer, with `nats-server` on its path.
   * @default 'nats:2.12-scratch'
   */
  readonly image?: string;
  /**
   * When messages are written to disk for good. `always`: before they are acknowledged. A time: at the latest after it;
   * servers that lose power together lose what they acknowledged within it.
   * @default 'always'
   */
  readonly sync?: 'always' | Duration;
  /**
   * Memory for streams that others keep in memory; those of {@link NatsCluster.stream} lie on disk.
   * @default none: no stream can be kept in memory
   */
  readonly memoryStore?: Size;
  /**
   * Largest message, at most 8 MiB.
   * @default 1 MiB
   */
  readonly maxPayload?: Size;
  /**
   * Time within which the clients of a server that ends are asked to go to another one; at least 30 s.
   * @default 30 s
   */
  readonly lameDuck?: Duration;
  /**
   * Containers beside the server's, such as an exporter of metrics.
   * @default none
   */
  readonly sidecars?: readonly Sidecar[];
  /**
   * How long a Job that made or updated a stream stays when it has ended. With GitOps leave it out: a Job that is
   * gone is made anew.
   * @default it stays until its stream is declared otherwise
   */
  readonly jobTtl?: Duration;
}

/** A user and a password of a Secret. Both of letters, digits and -_.~ alone: servers put them into URLs. */
export interface NatsAuth {
  /**
   * The Secret, such as `Secret.fromSecretName(this, 'Auth', 'nats')`.
   * @default the one of the name NAME-auth
   */
  readonly secret?: ISecret;
  /**
   * Key of the user.
   * @default 'user'
   */
  readonly user?: string;
  /**
   * Key of the password.
   * @default 'password'
   */
  readonly password?: string;
}

/** A stream of a `NatsCluster`: messages that lie on disk until they are taken, or until a bound removes them. */
export interface NatsStreamProps {
  /**
   * Subjects that it takes; `*` stands for one word between dots, `>` for one or more at the end. No two streams may
   * take the same message.
   * @default its name, and everything below it: `photos` and `photos.>`
   */
  readonly subjects?: readonly string[];
  /**
   * `workqueue`: a message stays until one consumer has acknowledged it. `interest`: until all consumers have.
   * `limits`: until a bound removes it. Can never be changed.
   * @default 'workqueue'
   */
  readonly retention?: StreamRetention;
  /**
   * What gives way at a bound: the `new` message, whose publisher gets an error, or the `old`est.
   * @default 'new'; 'old' with retention 'limits'
   */
  readonly discard?: 'old' | 'new';
  /**
   * Servers that keep a copy: 1, 3 or 5.
   * @default 3, or as many as there are
   */
  readonly replicas?: number;
  /**
   * Most bytes of each copy. All of them have to fit into the servers' volumes.
   * @default a fifth of what a server stores
   */
  readonly maxBytes?: Size;
  /**
   * Longest life of a message.
   * @default no bound
   */
  readonly maxAge?: Duration;
  /**
   * Most messages.
   * @default no bound but maxBytes
   */
  readonly maxMessages?: number;
  /**
   * How long a message's id is remembered, so that one that is published twice counts once.
   * @default 2 min, or maxAge where that is less
   */
  readonly duplicateWindow?: Duration;
  /**
   * What becomes of messages whose handler failed for good: bounds of the stream NAME-dead that keeps them, or
   * `'none'`: they are removed, and the reason stands in the log alone.
   * @default kept for 14 days, in an eighth of maxBytes
   */
  readonly deadLetters?: DeadLetterBounds | 'none';
}

/** Bounds of a stream for dead letters; the oldest give way. */
export interface DeadLetterBounds {
  /**
   * Longest life of a dead letter.
   * @default 14 days
   */
  readonly maxAge?: Duration;
  /**
   * Most bytes of each copy.
   * @default an eighth of the stream's maxBytes
   */
  readonly maxBytes?: Size;
}

/** A consumer of a `NatsStream`. */
export interface NatsConsumerProps {
  /**
   * Subjects of the stream that it takes.
   * @default all
   */
  readonly subjects?: readonly string[];
}
