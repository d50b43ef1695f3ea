import type { BrokerSource, TaskSource } from '../source';
import { isBroker } from '../source';
import { BACKLOG_METRIC, UTILIZATION_METRIC } from './names';

/** Which pods a query is about. */
export interface QueriedWorker {
  readonly name: string;
  /** Namespace of the pods; `undefined` when the chart names none. */
  readonly namespace: string | undefined;
}

/** Busy slots ÷ slots, added up over the pods: ÷ its target it is the wanted number of pods. */
export function utilizationQuery(worker: QueriedWorker): string {
  return `sum(${UTILIZATION_METRIC}${selector(worker)})`;
}

/** Tasks that wait, as the pods say it: each for its own queue, or all for the one that they share. */
export function backlogQuery(worker: QueriedWorker, source: TaskSource): string {
  return `${isBroker(source) ? 'max' : 'sum'}(${BACKLOG_METRIC}${selector(worker)})`;
}

function selector({ name, namespace }: QueriedWorker): string {
  return labels({ ...(namespace !== undefined && { namespace }), worker: name });
}

/**
 * Tasks that nobody has settled, as the broker's exporter says it. A task that waits for its next attempt is out, and
 * so are those that pods held which are gone: what waits alone would leave them at the broker for ever.
 */
export function unsettledQuery(source: BrokerSource): string {
  switch (source.kind) {
    case 'jetstream': {
      // Servers that do not lead the consumer say 0, or nothing.
      const consumer = labels({
        stream_name: source.stream,
        consumer_name: source.consumer,
        is_consumer_leader: 'true',
      });
      return `sum(jetstream_consumer_num_pending${consumer}) + sum(jetstream_consumer_num_ack_pending${consumer})`;
    }
    case 'redis': {
      // Every replica says the same. The stream holds all that is not settled, but tasks that are for later.
      const db = `db${source.database ?? 0}`;
      const stream = labels({ db, stream: source.stream });
      const later = labels({ db, key: `${source.stream}:later` });
      return `max(redis_stream_length${stream}) + (max(redis_key_size${later}) or vector(0))`;
    }
    case 'kafka':
      // The lag of a group ends at what is committed, so it counts what is out.
      return `sum(kafka_consumergroup_lag${labels({ consumergroup: source.group, topic: source.topic })})`;
    default:
      return source satisfies never;
  }
}

/** Labels of a selector; PromQL quotes texts as JSON does. */
export function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(',')}}`;
}
