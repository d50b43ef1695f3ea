import { type ChartProps, Size } from 'cdk8s';
import { Cpu, Probe } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { StatefulService, type StatefulServiceProps } from '../../lib';
import { type Document, documentsOf, exampleChart } from '../worker/example-worker';

/** A legal service of three members that vote. */
export const exampleProps: StatefulServiceProps = {
  image: 'registry.example.com/ledger:1.4',
  replicas: 3,
  quorum: true,
  ports: [
    { name: 'client', number: 7000 },
    { name: 'peer', number: 7001, clients: false, peers: true },
    { name: 'metrics', number: 7002, clients: false, open: true },
  ],
  claims: { data: { size: Size.gibibytes(10), path: '/data' } },
  config: { path: '/etc/ledger', files: { 'ledger.conf': 'fsync = always\n' } },
  resources: { cpu: { request: Cpu.millis(500) }, memory: Size.gibibytes(1) },
  probes: { readiness: Probe.fromHttpGet('/ready', { port: 7002 }) },
};

/** A container that shows metrics of it. */
export const sidecar = {
  name: 'exporter',
  image: 'registry.example.com/exporter:2',
  ports: [{ name: 'exporter', number: 9100, clients: false, open: true }],
  claims: { data: '/data' },
  resources: { cpu: { request: Cpu.millis(10) }, memory: Size.mebibytes(32) },
  probes: { readiness: Probe.fromHttpGet('/metrics', { port: 9100 }) },
};

/** A container that prepares its volume. */
export const initContainer = {
  name: 'prepare',
  image: 'registry.example.com/ledger:1.4',
  command: ['ledger', 'prepare'],
  claims: { data: '/data' },
  resources: { cpu: { request: Cpu.millis(100) }, memory: Size.mebibytes(64) },
};

/** The example service with other props. */
export function exampleService(
  scope: Construct,
  props: Partial<StatefulServiceProps> = {},
  id = 'ledger',
): StatefulService {
  return new StatefulService(scope, id, { ...exampleProps, ...props });
}

/** The documents of the example service with other props. */
export function serviceDocuments(
  props: Partial<StatefulServiceProps> = {},
  chartProps?: ChartProps,
): Document[] {
  const chart = exampleChart(chartProps);
  exampleService(chart, props);
  return documentsOf(chart);
}
