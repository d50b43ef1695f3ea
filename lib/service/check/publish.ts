import type { Problem } from '../../plan/problem';
import { parseNatsServer } from '../../source/address';
import {
  checkAddresses,
  checkName,
  checkSubject,
  NATS_FORM,
  NATS_NAME,
  NATS_NAME_FORM,
} from '../../source/check';
import type { JetStreamTarget } from '../../source/jetstream';
import { checkAccess } from '../../workload/client-access';

/** What is wrong with the stream that a service enqueues tasks to. */
export function checkPublish(publish: JetStreamTarget | undefined): Problem[] {
  if (publish === undefined) return [];
  const { servers, stream, subject } = publish;
  return [
    ...checkAddresses('publish.servers', servers, parseNatsServer, NATS_FORM),
    ...checkName('publish.stream', stream, NATS_NAME, NATS_NAME_FORM),
    ...checkSubject('publish.subject', subject, false),
    ...checkAccess(publish, 'publish', true),
  ];
}
