import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Cpu, EnvValue, Probe, Volume } from 'cdk8s-plus-27';
import { type CapstanAppProps, SpecError, type StatefulServiceProps } from '../../lib';
import { exampleApp, exampleChart } from '../worker/example-worker';
import { exampleProps, exampleService } from './example-service';

/** The lines of the error that a synth of the example service with other props ends in. */
function linesOf(props: Partial<StatefulServiceProps>, id = 'ledger', app: CapstanAppProps = {}): string[] {
  const root = exampleApp(app);
  exampleService(new Chart(root, 'darkroom', { namespace: 'darkroom' }), props, id);
  try {
    root.documents();
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const { resources } = exampleProps;
const [client] = exampleProps.ports;
const side = {
  name: 'exporter',
  image: 'exporter:1',
  resources,
  probes: { readiness: Probe.fromTcpSocket({ port: 9100 }) },
};

type Row = [name: string, props: Partial<StatefulServiceProps>, line: RegExp];

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  test.each<Row>([
    [
      'when an even number of members votes',
      { replicas: 4 },
      /: replicas must be odd, since members vote: 4 survive the loss of 1, as 3 do, got 4\. Set it to 5, which survive the loss of 2, or to 3\./,
    ],
    [
      'when two members vote',
      { replicas: 2 },
      /: replicas must be odd, .*: 2 survive the loss of 0, as 1 do, got 2\. Set it to 3, .*, or to 1\./,
    ],
    [
      'when there are no members',
      { replicas: 0 },
      /: replicas must be a whole number of 1 or more, got 0\. /,
    ],
    [
      'when the CPU request is above the limit',
      { resources: { ...resources, cpu: { request: Cpu.units(2), limit: Cpu.units(1) } } },
      /: resources\.cpu\.request must be 1 core \(resources\.cpu\.limit\) or less, got 2 cores\. /,
    ],
    [
      'when there is no memory',
      { resources: { ...resources, memory: Size.mebibytes(0) } },
      /: resources\.memory must be .*, got 0 B\. /,
    ],
    [
      'when a volume is empty',
      { claims: { data: { size: Size.gibibytes(0), path: '/data' } } },
      /: claims\.data\.size must be .*, got 0 B\. Give a size/,
    ],
    [
      'when a claim has no name that a volume may have',
      { claims: { Data_1: { size: Size.gibibytes(1), path: '/data' } } },
      /: claims\.Data_1 must have a name of .*, got "Data_1"\. Rename/,
    ],
    [
      'when the grace period is no whole number of seconds',
      { gracePeriod: Duration.millis(1500) },
      /: gracePeriod must be .*, got 1\.5 s\. /,
    ],
    [
      'when more members are replaced than the quorum can spare',
      { update: { maxUnavailable: 2 } },
      /: update\.maxUnavailable must be 1 or less, got 2\. Leave it out for 1; the others have to be a quorum\./,
    ],
    [
      'when the partition is beyond the members',
      { update: { partition: 4 } },
      /: update\.partition must be 3 or less, got 4\. /,
    ],
    ['when no port is named', { ports: [] }, /: ports must be one port or more, got \[\]\. /],
    [
      'when a port has no name that a port may have',
      { ports: [{ name: 'much-too-long-name', number: 1 }] },
      /: ports\[0\]\.name must be a name of at most 15 .*, got "much-too-long-name"\. /,
    ],
    [
      'when a port is none',
      { ports: [{ name: 'client', number: 70_000 }] },
      /: ports\[0\]\.number must be a whole number from 1 to 65535, got 70000\. /,
    ],
    [
      'when two ports have one number',
      {
        ports: [
          { name: 'a', number: 1 },
          { name: 'b', number: 1 },
        ],
      },
      /: ports\[1\]\.number must be the only one of its number in the pod, got 1\. /,
    ],
    [
      'when a sidecar listens on a port of the server',
      { sidecars: [{ ...side, ports: [{ name: 'client', number: 9100 }] }] },
      /: sidecars\[0\]\.ports\[0\]\.name must be the only one of its name .*, got "client"\. /,
    ],
    [
      "when a sidecar has the server's name",
      { sidecars: [{ ...side, name: 'server' }] },
      /: sidecars\[0\]\.name must be a name that no other container has; .*, got "server"\. /,
    ],
    [
      'when a sidecar mounts a claim that there is not',
      { sidecars: [{ ...side, claims: { wal: '/wal' } }] },
      /: sidecars\[0\]\.claims\.wal must be a claim of the service, got none of data\. /,
    ],
    ...['ledger', 'ledger:latest', 'host:5000/ledger', 'a b:1', 'ledger@sha256:12'].map(
      (image): Row => [
        `when the image says no version: ${image}`,
        { image },
        /: image must be an image with a version as its tag, or with a digest, got ".*"\. Name/,
      ],
    ),
    ...['data', '/', '/a:b', '/tmp', '/etc/ledger/'].map(
      (path): Row => [
        `when a claim is mounted at "${path}"`,
        { claims: { data: { size: Size.gibibytes(1), path } } },
        /: claims\.data\.path must be an absolute path .*, got ".*"\. Name another/,
      ],
    ),
    [
      'when a sidecar mounts a claim where the configuration is',
      { sidecars: [{ ...side, claims: { data: '/etc/ledger' } }] },
      /: sidecars\[0\]\.claims\.data must be an absolute path .*, got "\/etc\/ledger"\. /,
    ],
    [
      'when a volume has the name of a claim',
      { volumes: [{ path: '/more', volume: Volume.fromEmptyDir(exampleChart(), 'Volume', 'data') }] },
      /: volumes\[0\]\.volume must have a name other than config, scratch, data, .*, got data\. /,
    ],
    [
      'when Kubernetes refuses a variable',
      { env: { 'a b': EnvValue.fromValue('1') } },
      /: env\["a b"\] must be a name of letters.*, got "a b"\. Rename/,
    ],
    [
      'when a configuration file has a folder',
      { config: { path: '/etc/ledger', files: { 'a/b': '' } } },
      /: config\.files\["a\/b"\] must have a name of .*, got "a\/b"\. /,
    ],
    [
      'when the configuration does not fit into a ConfigMap',
      { config: { path: '/etc/ledger', files: { a: 'x'.repeat(2 ** 20) } } },
      /: config\.files must be 1048576 B or less together, .*, got 1048577 B\. /,
    ],
  ])('%s', (_, props, line) => {
    const lines = linesOf(props);
    expect(lines.filter((it) => !it.includes('update.maxUnavailable must be left out'))).toHaveLength(1);
    expect(lines[0]).toMatch(line);
    expect(lines[0]).toMatch(/^darkroom\/ledger: /);
  });

  test('when members are to be replaced together where clusters do not heed it', () => {
    expect(linesOf({ replicas: 5, update: { maxUnavailable: 2 } })).toEqual([
      expect.stringMatching(
        /: update\.maxUnavailable must be left out while cluster\.oldest is below 1\.37, got 2 with .* 1\.32 \(the default\)\. /,
      ),
    ]);
  });

  test('when the id is no name, or too long for the labels of the pods', () => {
    expect(linesOf({}, 'Ledger')[0]).toMatch(/^darkroom\/Ledger: id must be a name .*, got "Ledger"\. /);
    expect(linesOf({}, 'l'.repeat(53))[0]).toMatch(/at most 52 /);
    expect(linesOf({}, 'l'.repeat(52))).toEqual([]);
  });
});

test('what is close to a mistake is accepted', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  expect(linesOf({ replicas: 1 })).toEqual([]);
  expect(linesOf({ replicas: 2, quorum: false })).toEqual([]);
  expect(linesOf({ image: `host:5000/a/ledger:1.4@${digest}` })).toEqual([]);
  expect(linesOf({ image: `ledger@${digest}`, update: { partition: 3 } })).toEqual([]);
  expect(linesOf({ ports: client === undefined ? [] : [client, { name: 'a-1', number: 65_535 }] })).toEqual(
    [],
  );
});
