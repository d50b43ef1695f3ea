import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Yaml } from 'cdk8s';
import type { EnvironmentProps, WebServiceProps } from '../../lib';
import { GATEWAY, INGRESS, serviceDocuments } from './example-service';

const expose = { host: 'photos.example.com', paths: ['/upload', '/photos'] };

/** Whole examples, each with its output in expected/; `RENEW_EXPECTED=1` writes it anew, to be read before it is committed. */
const examples: [file: string, props: Partial<WebServiceProps>, place: EnvironmentProps][] = [
  [
    'gateway.yaml',
    {
      expose: { ...expose, grpcHost: 'grpc.photos.example.com' },
      protocols: ['http', 'grpc', 'grpc-web'],
      trafficDistribution: 'same-zone',
    },
    GATEWAY,
  ],
  ['ingress.yaml', { expose, scale: { min: 2, max: 20, by: 'requests-per-second' } }, INGRESS],
];

describe('a whole example', () => {
  test.each(examples)('is written as expected/%s', (file, props, place) => {
    const path = join(__dirname, 'expected', file);
    const text = Yaml.stringify(...serviceDocuments(props, place));
    if (process.env.RENEW_EXPECTED === '1') writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });
});
