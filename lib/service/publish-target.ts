import type { Publish } from '../contract/zz_service.gen';
import type { TaskTarget } from '../source';
import { accessContract } from '../workload/client-access';
import { seconds } from '../workload/quantity';

/** The part of the configuration that says where tasks are enqueued. */
export function publishContract(target: TaskTarget): Publish {
  switch (target.kind) {
    case 'jetstream': {
      const { servers, stream, subject } = target;
      return { jetstream: { servers: [...servers], stream, subject, ...accessContract(target) } };
    }
    case 'redis': {
      const { address, sentinel, stream, duplicateWindow, capacity } = target;
      return {
        redis: {
          addresses: sentinel === undefined ? [address] : [...sentinel.addresses],
          ...(sentinel !== undefined && { master: sentinel.master }),
          stream,
          ...(duplicateWindow !== undefined && { duplicateWindowSeconds: seconds(duplicateWindow) }),
          ...(capacity !== undefined && { capacity }),
          ...accessContract(target),
        },
      };
    }
    case 'kafka': {
      const { brokers, topic } = target;
      return { kafka: { brokers: [...brokers], topic, ...accessContract(target) } };
    }
    default:
      return target satisfies never;
  }
}
