import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { NatsCluster, NatsClusterProps } from '../../../lib';
import { problemLines } from '../../problem-lines';
import { exampleApp } from '../../worker/example-worker';
import { exampleCluster } from './example-cluster';

function linesOf(props: Partial<NatsClusterProps>, use: (broker: NatsCluster) => void = () => undefined) {
  const app = exampleApp();
  use(exampleCluster(new Chart(app, 'darkroom', { namespace: 'darkroom' }), props));
  return problemLines(app);
}

type PropsRow = [name: string, props: Partial<NatsClusterProps>, line: RegExp];
type UseRow = [name: string, use: (broker: NatsCluster) => void, line: RegExp];

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  test.each<PropsRow>([
    [
      'for an even number of servers',
      { replicas: 2 },
      /: replicas must be odd, since members vote: .*, got 2\. /,
    ],
    [
      'for a volume that holds nothing',
      { storage: Size.mebibytes(1) },
      /: storage must be .*64 MiB or more, got 1 MiB\. Give the size/,
    ],
    [
      'for messages that the server warns of',
      { maxPayload: Size.mebibytes(9) },
      /: maxPayload must be 8 MiB or less, got 9 MiB\. Store larger inputs elsewhere/,
    ],
    [
      'for less time than the server takes',
      { lameDuck: Duration.seconds(10) },
      /: lameDuck must be .*30 s or more, got 10 s\. Leave it out for 30 s/,
    ],
    [
      'for streams in memory that leave the server none',
      { memoryStore: Size.gibibytes(2) },
      /: memoryStore must be 1,024 MiB or less, got 2,048 MiB\. Lower it, or raise resources\.memory/,
    ],
    [
      'for a request above the limit',
      { resources: { cpu: { request: Cpu.units(2), limit: Cpu.units(1) } } },
      /: resources\.cpu\.request must be 1 core \(resources\.cpu\.limit\) or less, got 2 cores\. /,
    ],
    [
      'for an image without a version',
      { image: 'nats' },
      /: image must be an image with a version .*, got "nats"\. /,
    ],
  ])('%s', (_, props, line) => {
    const lines = linesOf(props);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^darkroom\/broker: /);
    expect(lines[0]).toMatch(line);
  });

  test.each<UseRow>([
    [
      'for more copies than servers',
      (broker) => broker.stream('photos', { replicas: 5 }),
      /: stream\('photos'\)\.replicas must be 3 or less, got 5\. Lower it, or give the cluster 5 replicas/,
    ],
    [
      'for an even number of copies',
      (broker) => broker.stream('photos', { replicas: 2 }),
      /: stream\('photos'\)\.replicas must be odd, .*, got 2\. Set it to 1, or to 3 /,
    ],
    [
      'for a stream that no volume holds',
      (broker) => broker.stream('photos', { maxBytes: Size.gibibytes(9), deadLetters: 'none' }),
      /: stream\('photos'\)\.maxBytes must be 8,192 MiB or less, got 9,216 MiB\. A server stores 8,192 MiB/,
    ],
    [
      'for streams that do not fit together',
      (broker) => {
        const half = { maxBytes: Size.gibibytes(4), deadLetters: 'none' } as const;
        for (const name of ['a', 'b', 'c']) broker.stream(name, half);
      },
      /: storage must hold all copies of all streams: 12 GiB \(a\) \+ 12 GiB \(b\) \+ 12 GiB \(c\) = 36 GiB, got 3 × 8,192 MiB .* = 24 GiB\. Raise/,
    ],
    [
      'for a window longer than messages live',
      (broker) =>
        broker.stream('photos', { maxAge: Duration.seconds(10), duplicateWindow: Duration.seconds(11) }),
      /: stream\('photos'\)\.duplicateWindow must be 10 s or less, got 11 s\. /,
    ],
    [
      'for a bound of no messages',
      (broker) => broker.stream('photos', { maxMessages: 0 }),
      /: stream\('photos'\)\.maxMessages must be a whole number of 1 or more, got 0\. /,
    ],
    [
      'for a name that objects cannot have',
      (broker) => broker.stream('Photos'),
      /: stream\('Photos'\) must have a name of at most 39 lower-case .*, got "Photos"\. Rename/,
    ],
    [
      'for no subjects',
      (broker) => broker.stream('photos', { subjects: [] }),
      /: stream\('photos'\)\.subjects must be one subject or more, got \[\]\. /,
    ],
    ...['', 'a..b', 'a b', '>', '*.raw', 'photos.>.raw', 'photos.r*', '$JS.API.>'].map(
      (subject): UseRow => [
        `for the subject "${subject}"`,
        (broker) => broker.stream('photos', { subjects: [subject] }),
        /: stream\('photos'\)\.subjects\[0\] must be words between dots, .*, got ".*"\. Write/,
      ],
    ),
    [
      'for subjects of another stream',
      (broker) => {
        broker.stream('photos');
        broker.stream('raw', { subjects: ['photos.*.raw'] });
      },
      /: stream\('raw'\)\.subjects must take no message that stream photos takes, got photos\.\*\.raw and photos\.>\. /,
    ],
    [
      'for the name of a stream of dead letters',
      (broker) => {
        broker.stream('photos');
        broker.stream('photos-dead', { subjects: ['other'], deadLetters: 'none' });
      },
      /: stream\('photos-dead'\)\.subjects must take no message that stream photos-dead takes, got a stream of the same name\. /,
    ],
    [
      'for a stream that is declared twice',
      (broker) => {
        broker.stream('photos', {});
        broker.stream('photos', { replicas: 1 });
      },
      /: stream\('photos'\) must be declared once, got a second declaration\. Call stream\('photos'\) without/,
    ],
    [
      'for a consumer that is asked for twice',
      (broker) => {
        const photos = broker.stream('photos', { retention: 'interest' });
        photos.consumer('develop');
        photos.consumer('develop');
      },
      /: stream\('photos'\)\.consumer\('develop'\) must be asked for once, got a second time\. Give both/,
    ],
    [
      'for a consumer without a name',
      (broker) => broker.stream('photos').consumer('a.b'),
      /: stream\('photos'\)\.consumer\('a\.b'\) must have a name of .*, got "a\.b"\. /,
    ],
    [
      'for a consumer of what the stream does not take',
      (broker) => broker.stream('photos').consumer('develop', { subjects: ['raw.>'] }),
      /: stream\('photos'\)\.consumer\('develop'\)\.subjects\[0\] must lie within .* \(photos, photos\.>\), got raw\.>\. /,
    ],
    [
      'for two consumers of one message of a work queue',
      (broker) => {
        const photos = broker.stream('photos');
        photos.consumer('develop', { subjects: ['photos.raw.>'] });
        photos.consumer('count');
      },
      /: stream\('photos'\)\.consumer\('count'\)\.subjects must take no message that consumer develop takes, .*, got >\. /,
    ],
  ])('%s', (_, use, line) => {
    const lines = linesOf({}, use);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^darkroom\/broker: /);
    expect(lines[0]).toMatch(line);
  });
});

test('what is close to a mistake is accepted', () => {
  const lines = linesOf({ auth: 'none', memoryStore: Size.gibibytes(1) }, (broker) => {
    const photos = broker.stream('photos', { subjects: ['photos.raw.*', 'photos.jpeg.>'] });
    photos.consumer('develop', { subjects: ['photos.raw.*'] });
    photos.consumer('shrink', { subjects: ['photos.jpeg.>'] });
    const urls = broker.stream('urls', { retention: 'interest', replicas: 1, maxBytes: Size.gibibytes(1) });
    urls.consumer('crawl');
    urls.consumer('count');
    broker.stream('photos-2', { subjects: ['photos', 'photos.raw'] });
    broker.stream('four');
  });
  expect(lines).toEqual([]);
});
