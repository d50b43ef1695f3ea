import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import type { BrokerSource, JetStreamSource, KafkaSource, RedisStreamSource } from '../../source';
import { parseAddress, parseNatsServer } from '../../source/address';
import {
  checkAddress,
  checkAddresses,
  checkName,
  checkSubject,
  HOST_FORM,
  NATS_FORM,
  NATS_NAME,
  NATS_NAME_FORM,
  TOPIC_FORM,
  TOPIC_NAME,
} from '../../source/check';
import { covers } from '../../stateful/nats/subjects';
import { checkAccess } from '../../workload/check/client-access';
import { RUNTIME_DRIVERS } from '../drivers';

/** What is wrong with a source that is a broker. */
export function checkBroker(source: BrokerSource): Problem[] {
  return [...checkDriver(source), ...checkKind(source)];
}

/** A worker whose runtime cannot open its source would refuse to start. */
function checkDriver({ kind }: BrokerSource): Problem[] {
  if (RUNTIME_DRIVERS.includes(kind)) return [];
  return [
    {
      prop: 'source',
      wanted: `must be one that the Go runtime of this version has a driver for: ${RUNTIME_DRIVERS.join(', ')}`,
      got: kind,
      fix: 'Take one of these.',
    },
  ];
}

function checkKind(source: BrokerSource): Problem[] {
  switch (source.kind) {
    case 'jetstream':
      return checkJetStream(source);
    case 'redis':
      return checkRedis(source);
    case 'kafka':
      return checkKafka(source);
    default:
      return source satisfies never;
  }
}

function checkJetStream(source: JetStreamSource): Problem[] {
  const { servers, stream, consumer, subjects, deadLetterSubject } = source;
  return [
    ...checkAddresses('source.servers', servers, parseNatsServer, NATS_FORM),
    ...checkName('source.stream', stream, NATS_NAME, NATS_NAME_FORM),
    ...checkName('source.consumer', consumer, NATS_NAME, NATS_NAME_FORM),
    ...subjects.flatMap((subject, index) => checkSubject(`source.subjects[${index}]`, subject, true)),
    ...(deadLetterSubject === undefined
      ? []
      : [
          ...checkSubject('source.deadLetterSubject', deadLetterSubject, false),
          ...checkReturn(deadLetterSubject, subjects),
        ]),
    ...checkAccess(source, 'source', true),
  ];
}

/** A dead letter that the consumer takes again dies again, and so on for ever. */
function checkReturn(deadLetterSubject: string, subjects: readonly string[]): Problem[] {
  const taking = subjects.filter((subject) => covers(subject, deadLetterSubject));
  if (taking.length === 0) return [];
  return [
    {
      prop: 'source.deadLetterSubject',
      wanted: `must be a subject that the worker does not take itself (${taking.join(', ')})`,
      got: deadLetterSubject,
      fix: 'Name one beside source.subjects, which another stream takes.',
    },
  ];
}

function checkRedis(source: RedisStreamSource): Problem[] {
  const { address, sentinel, stream, group, database, deadLetterStream } = source;
  return [
    ...checkAddress('source.address', address, parseAddress, HOST_FORM),
    ...(sentinel === undefined
      ? []
      : [
          ...checkAddresses('source.sentinel.addresses', sentinel.addresses, parseAddress, HOST_FORM),
          ...checkName('source.sentinel.master', sentinel.master, /./, 'must be a name'),
        ]),
    ...checkName('source.stream', stream, /./, 'must be a key'),
    ...checkName('source.group', group, /./, 'must be a name'),
    ...checkRedisGroup(group),
    ...checkDatabase(database),
    ...(deadLetterStream !== undefined && deadLetterStream === stream
      ? [
          {
            prop: 'source.deadLetterStream',
            wanted: 'must be another key than source.stream',
            got: `${stream} for both`,
            fix: 'Name a key of its own, such as KEY:dead.',
          },
        ]
      : []),
    ...checkAccess(source, 'source', false),
  ];
}

/** The keys of such a group are those of ids: of the id `retry`, and so on. */
function checkRedisGroup(group: string): Problem[] {
  if (group !== 'id' && !group.startsWith('id:')) return [];
  return [
    {
      prop: 'source.group',
      wanted: "must not be id, nor begin with id:, which the keys of the stream's ids begin with",
      got: group,
      fix: 'Take another name.',
    },
  ];
}

function checkDatabase(database: number | undefined): Problem[] {
  if (database === undefined || (Number.isSafeInteger(database) && database >= 0)) return [];
  return [
    {
      prop: 'source.database',
      wanted: 'must be a whole number of 0 or more',
      got: formatNumber(database),
      fix: 'Leave it out for 0.',
    },
  ];
}

function checkKafka(source: KafkaSource): Problem[] {
  const { brokers, topic, group, partitions, deadLetterTopic } = source;
  return [
    ...checkAddresses('source.brokers', brokers, parseAddress, HOST_FORM),
    ...checkName('source.topic', topic, TOPIC_NAME, TOPIC_FORM),
    ...checkName('source.group', group, /./, 'must be a name'),
    ...(Number.isSafeInteger(partitions) && partitions >= 1
      ? []
      : [
          {
            prop: 'source.partitions',
            wanted: 'must be a whole number of 1 or more',
            got: formatNumber(partitions),
            fix: 'Give the partitions that the topic has.',
          },
        ]),
    ...(deadLetterTopic === undefined
      ? []
      : checkName('source.deadLetterTopic', deadLetterTopic, TOPIC_NAME, TOPIC_FORM)),
    ...checkDeadLetterTopic(source),
    ...checkAccess(source, 'source', true),
  ];
}

function checkDeadLetterTopic({ topic, deadLetterTopic }: KafkaSource): Problem[] {
  if (deadLetterTopic === undefined || deadLetterTopic !== topic) return [];
  return [
    {
      prop: 'source.deadLetterTopic',
      wanted: 'must be another topic than source.topic',
      got: `${topic} for both`,
      fix: 'Name a topic of its own, such as TOPIC.dead.',
    },
  ];
}

/**
 * Refuses more pods than partitions: those beyond would never get a task, and the autoscaler would add them for
 * nothing. Surge pods of a rolling update may be idle until an old one has gone.
 *
 * @param pods most pods that are to work
 * @param prop the property that says so
 */
export function checkPartitions(source: BrokerSource, pods: number, prop: string): Problem[] {
  if (source.kind !== 'kafka' || !(source.partitions < pods)) return [];
  // Less than one is refused as it is.
  if (source.partitions < 1) return [];
  return [
    {
      prop: 'source.partitions',
      wanted: `must be ${formatNumber(pods)} (${prop}) or more, since a partition is read by one pod`,
      got: formatNumber(source.partitions),
      fix: `Give the topic more partitions, or lower ${prop} to ${formatNumber(source.partitions)}.`,
    },
  ];
}
