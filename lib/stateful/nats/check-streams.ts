import type { Stream } from '../../contract/zz_streams.gen';
import { formatNumber, formatQuantity } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import type { StreamGround } from '../../plan/stateful/nats-stream';
import type { NatsStream } from './stream';
import { covers, isSubject, overlap } from './subjects';

/** Streams are named by their objects, consumers by themselves. */
const STREAM_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const CONSUMER_NAME = /^[-_A-Za-z0-9]{1,255}$/;

/** What is wrong with the streams of a cluster, each by itself and with each other. */
export function checkStreams(
  streams: readonly NatsStream[],
  ground: StreamGround,
  nameMax: number,
): Problem[] {
  return [
    ...streams.flatMap((stream) => [
      ...checkName(stream, nameMax),
      ...checkSubjects(stream),
      ...checkConsumers(stream),
    ]),
    ...checkOverlaps(streams),
    ...checkStore(streams, ground),
  ];
}

function checkName({ name }: NatsStream, nameMax: number): Problem[] {
  if (STREAM_NAME.test(name) && name.length <= nameMax) return [];
  return [
    {
      prop: `stream('${name}')`,
      wanted: `must have a name of at most ${nameMax} lower-case letters, digits and dashes that begins with a letter`,
      got: JSON.stringify(name),
      fix: 'Rename it, or shorten the name of the cluster: the objects that make it are named by both.',
    },
  ];
}

function checkSubjects({ name, subjects }: NatsStream): Problem[] {
  const prop = `stream('${name}').subjects`;
  const none = {
    prop,
    wanted: 'must be one subject or more',
    got: '[]',
    fix: 'Leave it out for its name and everything below it.',
  };
  return [
    ...(subjects.length === 0 ? [none] : []),
    ...subjects.flatMap((subject, index) =>
      isSubject(subject) ? [] : noSubject(`${prop}[${index}]`, subject),
    ),
  ];
}

function noSubject(prop: string, got: string): Problem {
  return {
    prop,
    wanted: 'must be words between dots, the first one without wildcards and not a name of the server ($…)',
    got: JSON.stringify(got),
    fix: 'Write it as photos.*.raw or photos.>, without blanks.',
  };
}

/** A message belongs to one stream: the server refuses a second one that takes it. */
function checkOverlaps(streams: readonly NatsStream[]): Problem[] {
  const all = everyStream(streams);
  return all.flatMap((stream, index) =>
    all.slice(0, index).flatMap((other) => {
      const shared = stream.subjects.flatMap((one) =>
        other.subjects
          .filter((it) => isSubject(it) && isSubject(one) && overlap(one, it))
          .map((it) => `${one} and ${it}`),
      );
      if (shared.length === 0 && other.name !== stream.name) return [];
      return {
        prop: `stream('${stream.name}').subjects`,
        wanted: `must take no message that stream ${other.name} takes`,
        got: shared[0] ?? `a stream of the same name`,
        fix: 'Give one of the two other subjects.',
      };
    }),
  );
}

function everyStream(streams: readonly NatsStream[]): Stream[] {
  return streams.flatMap(({ settings, deadLetters }) => [settings, ...(deadLetters ? [deadLetters] : [])]);
}

/** Every copy lies on another server, and JetStream reserves its maxBytes there. */
function checkStore(streams: readonly NatsStream[], { servers, maxStore }: StreamGround): Problem[] {
  const all = everyStream(streams);
  const parts = all.map(({ name, maxBytes = 0, replicas }) => ({ name, bytes: maxBytes * replicas }));
  const sum = parts.reduce((total, it) => total + it.bytes, 0);
  if (sum <= maxStore * servers) return [];
  const shown = parts.map(({ name, bytes }) => `${formatQuantity(bytes, 'bytes')} (${name})`).join(' + ');
  const copies = `${formatNumber(servers)} × ${formatQuantity(maxStore, 'bytes')} (servers × maxStore)`;
  return [
    {
      prop: 'storage',
      wanted: `must hold all copies of all streams: ${shown} = ${formatQuantity(sum, 'bytes')}`,
      got: `${copies} = ${formatQuantity(maxStore * servers, 'bytes')}`,
      fix: 'Raise storage, or lower maxBytes of a stream.',
    },
  ];
}

function checkConsumers(stream: NatsStream): Problem[] {
  const { name, consumers, subjects, settings } = stream;
  return consumers.flatMap((consumer, index) => {
    const prop = `stream('${name}').consumer('${consumer.name}')`;
    const others = consumers.slice(0, index);
    return [
      ...checkConsumerName(
        prop,
        consumer.name,
        others.map((it) => it.name),
      ),
      ...consumer.subjects.flatMap((subject, at) =>
        checkFilter(`${prop}.subjects[${at}]`, subject, subjects),
      ),
      ...(settings.retention === 'workqueue' ? checkShare(prop, consumer, others) : []),
    ];
  });
}

function checkConsumerName(prop: string, name: string, others: readonly string[]): Problem[] {
  if (!CONSUMER_NAME.test(name)) {
    return [
      {
        prop,
        wanted: 'must have a name of letters, digits, - and _',
        got: JSON.stringify(name),
        fix: 'Rename it.',
      },
    ];
  }
  if (!others.includes(name)) return [];
  return [
    {
      prop,
      wanted: 'must be asked for once',
      got: 'a second time',
      fix: 'Give both workers the same source to share its tasks, or rename one consumer.',
    },
  ];
}

function checkFilter(prop: string, subject: string, subjects: readonly string[]): Problem[] {
  if (!isSubject(subject)) return [noSubject(prop, subject)];
  if (subjects.some((own) => covers(own, subject))) return [];
  return [
    {
      prop,
      wanted: `must lie within the subjects of the stream (${subjects.join(', ')})`,
      got: subject,
      fix: 'Correct it, or add it to the stream.',
    },
  ];
}

interface Consumer {
  readonly name: string;
  readonly subjects: readonly string[];
}

/** In a work queue a message is one consumer's. */
function checkShare(prop: string, consumer: Consumer, others: readonly Consumer[]): Problem[] {
  const all = ({ subjects }: Consumer) => (subjects.length === 0 ? ['>'] : subjects);
  return others.flatMap((other) => {
    if (other.name === consumer.name) return [];
    if (!all(consumer).some((one) => all(other).some((it) => overlap(one, it)))) return [];
    return {
      prop: `${prop}.subjects`,
      wanted: `must take no message that consumer ${other.name} takes, since the stream is a work queue`,
      got: all(consumer).join(', '),
      fix: "Give each consumer subjects of its own, or the stream retention 'interest' for a copy each.",
    };
  });
}
