import type { Stream } from '../../contract/zz_streams.gen';
import type { Problem } from '../../plan/problem';
import {
  type SettledStream,
  type StreamGround,
  type StreamSpec,
  settleStream,
} from '../../plan/stateful/nats-stream';
import { bytes, seconds } from '../../workload/quantity';
import type { NatsStreamProps } from './props';

/** A stream as its Job makes it, the one for its dead letters, and what is wrong with its numbers. */
export interface DeclaredStream {
  readonly stream: Stream;
  readonly dead: Stream | undefined;
  readonly problems: readonly Problem[];
}

/** Turns the declaration of a stream into what its Job makes. */
export function declareStream(name: string, props: NatsStreamProps, ground: StreamGround): DeclaredStream {
  const problems: Problem[] = [];
  const settled = settleStream(streamSpec(props), ground, problems);
  return {
    stream: {
      name,
      subjects: [...(props.subjects ?? [name, `${name}.>`])],
      storage: 'file',
      replicas: settled.replicas,
      retention: settled.retention,
      discard: settled.discard,
      maxBytes: settled.maxBytes,
      ...(settled.maxAgeSeconds !== undefined && { maxAgeSeconds: settled.maxAgeSeconds }),
      ...(settled.maxMessages !== undefined && { maxMessages: settled.maxMessages }),
      duplicateWindowSeconds: settled.duplicateWindowSeconds,
    },
    dead: settled.dead && deadStream(name, settled.replicas, settled.dead),
    problems: problems.map((problem) => ({ ...problem, prop: `stream('${name}').${problem.prop}` })),
  };
}

function deadStream(
  name: string,
  replicas: number,
  { maxBytes, maxAgeSeconds }: NonNullable<SettledStream['dead']>,
): Stream {
  return {
    name: `${name}-dead`,
    description: `Dead letters of ${name}.`,
    subjects: [`${name}-dead.*`],
    storage: 'file',
    replicas,
    retention: 'limits',
    discard: 'old',
    maxBytes,
    maxAgeSeconds,
  };
}

function streamSpec(props: NatsStreamProps): StreamSpec {
  const { retention, discard, replicas, maxBytes, maxAge, maxMessages, duplicateWindow } = props;
  const { deadLetters = {} } = props;
  return {
    ...{ retention, discard, replicas, maxMessages },
    maxBytes: maxBytes && bytes(maxBytes),
    maxAgeSeconds: maxAge && seconds(maxAge),
    duplicateWindowSeconds: duplicateWindow && seconds(duplicateWindow),
    ...(deadLetters !== 'none' && {
      dead: {
        maxBytes: deadLetters.maxBytes && bytes(deadLetters.maxBytes),
        maxAgeSeconds: deadLetters.maxAge && seconds(deadLetters.maxAge),
      },
    }),
  };
}
