import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import type { TaskTarget } from '../../source';
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
import type { JetStreamTarget } from '../../source/jetstream';
import type { KafkaTarget } from '../../source/kafka';
import type { RedisStreamTarget } from '../../source/redis-stream';
import { checkAccess } from '../../workload/check/client-access';
import { seconds } from '../../workload/quantity';

/** What is wrong with the stream or topic that a service enqueues tasks to. */
export function checkPublish(publish: TaskTarget | undefined): Problem[] {
  switch (publish?.kind) {
    case undefined:
      return [];
    case 'jetstream':
      return checkStream(publish);
    case 'redis':
      return checkRedis(publish);
    case 'kafka':
      return checkTopic(publish);
    default:
      return publish satisfies never;
  }
}

function checkTopic(publish: KafkaTarget): Problem[] {
  return [
    ...checkAddresses('publish.brokers', publish.brokers, parseAddress, HOST_FORM),
    ...checkName('publish.topic', publish.topic, TOPIC_NAME, TOPIC_FORM),
    ...checkAccess(publish, 'publish', true),
  ];
}

function checkStream(publish: JetStreamTarget): Problem[] {
  const { servers, stream, subject } = publish;
  return [
    ...checkAddresses('publish.servers', servers, parseNatsServer, NATS_FORM),
    ...checkName('publish.stream', stream, NATS_NAME, NATS_NAME_FORM),
    ...checkSubject('publish.subject', subject, false),
    ...checkAccess(publish, 'publish', true),
  ];
}

function checkRedis(publish: RedisStreamTarget): Problem[] {
  const { address, sentinel, stream, duplicateWindow, capacity } = publish;
  return [
    ...checkAddress('publish.address', address, parseAddress, HOST_FORM),
    ...(sentinel === undefined
      ? []
      : checkAddresses('publish.sentinel.addresses', sentinel.addresses, parseAddress, HOST_FORM)),
    ...checkName('publish.stream', stream, /./, 'must be a key'),
    ...checkWindow(duplicateWindow === undefined ? undefined : seconds(duplicateWindow)),
    ...checkCapacity(capacity),
    ...checkAccess(publish, 'publish', false),
  ];
}

const YEAR_SECONDS = 365 * 24 * 3600;

function checkWindow(window: number | undefined): Problem[] {
  if (window === undefined || (window >= 0.001 && window <= YEAR_SECONDS)) return [];
  return [
    {
      prop: 'publish.duplicateWindow',
      wanted: 'must be from 1 ms to a year',
      got: `${formatNumber(window)} s`,
      fix: 'Leave it out for 2 minutes.',
    },
  ];
}

function checkCapacity(capacity: number | undefined): Problem[] {
  if (capacity === undefined || (Number.isSafeInteger(capacity) && capacity >= 1)) return [];
  return [
    {
      prop: 'publish.capacity',
      wanted: 'must be a whole number of 1 or more',
      got: formatNumber(capacity),
      fix: "Leave it out to bound the stream by the server's memory alone.",
    },
  ];
}
