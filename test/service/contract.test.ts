import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { Duration, Size } from 'cdk8s';
import type { WebServiceProps } from '../../lib';
import { exampleRedis, REPLICATED } from '../stateful/redis/example-redis';
import { environmentChart, exampleProps, exampleService, exampleStream } from './example-service';

const read = (name: string) =>
  JSON.parse(readFileSync(join(__dirname, '../../contract', `${name}.schema.json`), 'utf8'));

const ajv = new Ajv2020({ allErrors: true });
ajv.addSchema(read('worker'));
const validate = ajv.compile(read('service'));

function errorsOf(contract: unknown): unknown[] {
  validate(contract);
  return validate.errors ?? [];
}

describe('the contract of a service', () => {
  const chart = environmentChart();
  const variants: [string, Partial<WebServiceProps>][] = [
    ['the example', {}],
    ['all protocols', { protocols: ['http', 'grpc', 'grpc-web'] }],
    ['nobody who waits', { latency: Duration.millis(20) }],
    ['no bodies', { request: { ...exampleProps.request, maxBody: Size.kibibytes(0) } }],
    ['settings and folders', { settings: { depth: '3' }, folders: { output: '/out' } }],
    ['a stream', { publish: exampleStream(chart) }],
    ['a stream of Redis', { publish: exampleRedis(chart, REPLICATED, 'queue').stream('photos').publisher() }],
  ];

  test.each(variants)('fits its schema with %s', (_, props) => {
    expect(errorsOf(exampleService(environmentChart(), props).contract)).toEqual([]);
  });

  test('bounds bodies to what the plan counts with: 1 MiB, or as given', () => {
    const bound = (maxBody?: Size) =>
      exampleService(environmentChart(), {
        request: { ...exampleProps.request, ...(maxBody && { maxBody }) },
      }).contract.request.maxBodyBytes;
    expect(bound()).toBe(2 ** 20);
    expect(bound(Size.kibibytes(3))).toBe(3072);
  });

  test.each([
    ['another version', { contract: 2 }],
    ['an unknown field', { speed: 9 }],
    ['no waiting room', { queue: undefined }],
    ['a protocol that is none', { protocols: ['ftp'] }],
  ])('the check finds a planted %s', (_, change) => {
    const { contract } = exampleService(environmentChart());
    expect(errorsOf(JSON.parse(JSON.stringify({ ...contract, ...change })))).not.toEqual([]);
  });
});
