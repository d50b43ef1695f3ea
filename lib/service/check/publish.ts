import type { Problem } from '../../plan/problem';
import type { TaskTarget } from '../../source';
import { parseAddress, parseNatsServer } from '../../source/address';
import {
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
import { checkAccess } from '../../workload/client-access';

/** What is wrong with the stream or topic that a service enqueues tasks to. */
export function checkPublish(publish: TaskTarget | undefined): Problem[] {
  switch (publish?.kind) {
    case undefined:
      return [];
    case 'jetstream':
      return checkStream(publish);
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
