import { posix } from 'node:path';
import type { Source } from '../contract/zz_worker.gen';
import type { Figure } from '../plan/figure';
import type { BrokerSource, TaskSource } from '../source';
import { accessContract } from '../workload/client-access';
import { jsonFault } from './json-fault';
import { payloadBytes } from './payload';

/** The figures that a source is configured with. */
export interface SourceFigures {
  readonly queueCapacity?: Figure;
  readonly maxAckPending: Figure;
}

/** How pods come to an end by themselves: each when its part of the tasks is done. */
export interface FiniteRun {
  /** Pods that seeds, or the files of a folder, are divided among. */
  readonly parts: number;
}

/**
 * The part of the configuration that says where tasks come from.
 *
 * @param finite left out: the pods wait for more
 */
export function contractSource(figures: SourceFigures, source: TaskSource, finite?: FiniteRun): Source {
  const end = finite === undefined ? {} : { exitWhenIdle: true };
  const part = finite === undefined || finite.parts === 1 ? {} : { shard: { count: finite.parts } };
  switch (source.kind) {
    case 'memory': {
      if (figures.queueCapacity === undefined) throw new Error('a memory source is planned with a capacity');
      const seeds = source.seeds.filter(isJson).map((seed) => JSON.stringify(seed));
      const capacity = figures.queueCapacity.value;
      return {
        memory: {
          capacity,
          payloadBytes: payloadBytes(source),
          ...(seeds.length > 0 && { seeds }),
          ...end,
          ...part,
        },
      };
    }
    case 'folder': {
      const { path, input, state } = source;
      return { folder: { input: posix.join(path, input), state: posix.join(path, state), ...end, ...part } };
    }
    default:
      return brokerSource(source, figures.maxAckPending.value, end);
  }
}

function brokerSource(
  source: BrokerSource,
  maxAckPending: number,
  end: { readonly exitWhenIdle?: boolean },
): Source {
  switch (source.kind) {
    case 'jetstream': {
      const { servers, stream, consumer, subjects, deadLetterSubject } = source;
      return {
        jetstream: {
          servers: [...servers],
          stream,
          consumer,
          ...(subjects.length > 0 && { subjects: [...subjects] }),
          maxAckPending,
          ...(deadLetterSubject !== undefined && { deadLetterSubject }),
          ...end,
          ...accessContract(source),
        },
      };
    }
    case 'redis': {
      const { address, sentinel, database, stream, group, deadLetterStream } = source;
      return {
        redis: {
          addresses: sentinel === undefined ? [address] : [...sentinel.addresses],
          ...(sentinel !== undefined && { master: sentinel.master }),
          ...(database !== undefined && { database }),
          stream,
          group,
          ...(deadLetterStream !== undefined && { deadLetterStream }),
          ...end,
          ...accessContract(source),
        },
      };
    }
    case 'kafka': {
      const { brokers, topic, group, deadLetterTopic } = source;
      return {
        kafka: {
          brokers: [...brokers],
          topic,
          group,
          ...(deadLetterTopic !== undefined && { deadLetterTopic }),
          ...end,
          ...accessContract(source),
        },
      };
    }
    default:
      return source satisfies never;
  }
}

function isJson(value: unknown): boolean {
  return jsonFault(value, '') === undefined;
}
