import type { Stream } from '../../contract/zz_streams.gen';
import type { Connection } from '../../network/endpoint';
import { requireOptions } from '../../shape/require-shape';
import type { ClientCredentials } from '../../source/client-access';
import type { JetStreamSource, JetStreamTarget } from '../../source/jetstream';
import type { NatsConsumerProps } from './props';

/** How the clients of a stream reach its cluster. */
export interface NatsReach {
  /** Addresses of the servers, such as `nats://broker.darkroom.svc:4222`. */
  readonly servers: readonly string[];
  /** Who the clients are; `undefined`: nobody in particular. */
  readonly credentials: ClientCredentials | undefined;
  /** The way through the network policies. */
  readonly connection: Connection;
}

/** A consumer that a program has asked a stream for. */
export interface AskedConsumer {
  /** Name of the durable consumer. */
  readonly name: string;
  /** Subjects that it takes; none: all of the stream. */
  readonly subjects: readonly string[];
}

/** A stream of a `NatsCluster`, which a Job makes and keeps as it is declared; see `NatsCluster.stream`. */
export class NatsStream {
  private readonly asked: AskedConsumer[] = [];

  /** @internal made by `NatsCluster.stream` */
  constructor(
    /** The stream with all of its numbers. */
    readonly settings: Stream,
    /** The stream that keeps its dead letters; `undefined`: none does. */
    readonly deadLetters: Stream | undefined,
    private readonly reach: NatsReach,
  ) {}

  /** Name of the stream. */
  get name(): string {
    return this.settings.name;
  }

  /** Subjects that the stream takes. */
  get subjects(): readonly string[] {
    return this.settings.subjects;
  }

  /** The consumers that the program has asked for. */
  get consumers(): readonly AskedConsumer[] {
    return [...this.asked];
  }

  /**
   * A source of tasks for a Worker: a durable consumer, which the worker makes and keeps. Workers that are given the
   * same source share its tasks.
   *
   * @param name of the consumer, the only one of its name on the stream
   */
  consumer(name: string, props: NatsConsumerProps = {}): JetStreamSource {
    requireOptions('NatsStream.consumer', props);
    const { subjects = [] } = props;
    this.asked.push({ name, subjects });
    return {
      kind: 'jetstream',
      ...this.reach,
      stream: this.name,
      consumer: name,
      subjects,
      deadLetterSubject: this.deadLetters && `${this.deadLetters.name}.${name}`,
    };
  }

  /**
   * Where a service publishes tasks of this stream.
   *
   * @param subject one that the stream takes
   * @default its first subject without wildcards
   */
  publisher(subject?: string): JetStreamTarget {
    const own = this.subjects.find((it) => !/(^|\.)[*>]/.test(it));
    return { kind: 'jetstream', ...this.reach, stream: this.name, subject: subject ?? own ?? this.name };
  }
}
