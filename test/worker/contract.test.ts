import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { Duration, Size } from 'cdk8s';
import { type IPersistentVolumeClaim, PersistentVolumeClaim, Volume } from 'cdk8s-plus-27';
import { Source, type Worker, type WorkerProps } from '../../lib';
import { exampleChart, exampleProps, exampleWorker } from './example-worker';

const schema = JSON.parse(readFileSync(join(__dirname, '../../contract/worker.schema.json'), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

function errorsOf(contract: unknown): unknown[] {
  validate(contract);
  return validate.errors ?? [];
}

function folderWorker(): Worker {
  const chart = exampleChart();
  const claim = new PersistentVolumeClaim(chart, 'Claim', { storage: Size.gibibytes(1) });
  const volume = Volume.fromPersistentVolumeClaim(chart, 'Volume', claim as IPersistentVolumeClaim);
  const scale = { ...exampleProps.scale, min: 1, max: 1 };
  return exampleWorker(chart, { source: Source.folder({ volume, path: '/photos' }), scale });
}

describe('the contract', () => {
  const variants: [string, Partial<WorkerProps>][] = [
    ['the example', {}],
    ['seeds', { source: Source.memory({ capacity: 3000, seeds: [{ url: 'http://site/' }, 'plain'] }) }],
    ['settings and folders', { settings: { depth: '3' }, folders: { input: '/in', output: '/out' } }],
    ['retry', { retry: { maxAttempts: 1, initialDelay: Duration.millis(50), maxDelay: Duration.hours(1) } }],
  ];

  test.each(variants)('fits its schema with %s', (_, props) => {
    expect(errorsOf(exampleWorker(exampleChart(), props).contract)).toEqual([]);
  });

  test('fits its schema with a folder source, whose folders handlers use', () => {
    const { contract } = folderWorker();
    expect(errorsOf(contract)).toEqual([]);
    expect(contract.source).toEqual({ folder: { input: '/photos/in', state: '/photos/state' } });
    expect(contract.folders).toEqual({ input: '/photos/in', output: '/photos/out' });
    expect(contract.http).not.toHaveProperty('intakePort');
  });

  test('carries seeds as JSON documents', () => {
    const seeds = [{ url: 'http://site/' }, 'plain', 7];
    const { contract } = exampleWorker(exampleChart(), { source: Source.memory({ capacity: 3000, seeds }) });
    expect(contract.source.memory?.seeds?.map((seed) => JSON.parse(seed))).toEqual(seeds);
  });

  test('bounds payloads to what the memory is planned for: 1 KiB, or as given', () => {
    const bound = (source: WorkerProps['source']) =>
      exampleWorker(exampleChart(), { source }).contract.source.memory?.payloadBytes;
    expect(bound(Source.memory())).toBe(1024);
    expect(bound(Source.memory({ payload: Size.kibibytes(3) }))).toBe(3072);
  });

  test.each([
    ['another version', { contract: 2 }],
    ['an unknown field', { speed: 9 }],
    ['no pool', { pool: undefined }],
    ['two sources', { source: { memory: { capacity: 1 }, folder: { input: 'a', state: 'b' } } }],
  ])('the check finds a planted %s', (_, change) => {
    const { contract } = exampleWorker(exampleChart());
    expect(errorsOf(JSON.parse(JSON.stringify({ ...contract, ...change })))).not.toEqual([]);
  });
});
