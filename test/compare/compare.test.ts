import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { CapstanAppProps } from '../../lib';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { foundProgram } from '../found-program';
import { temporaryFolder } from '../temporary-folder';
import { documentsOf, exampleChart, exampleWorker } from '../worker/example-worker';
import { type Document, normalise } from './normalise';

const { counts, renewedPage } = require('../../tools/compare.cjs');
const EXAMPLES = join(PACKAGE_ROOT, 'examples/compare');

/** The image that all four name. */
const IMAGE = `localhost:5000/resize:1@sha256:${'0'.repeat(64)}`;

function parse(text: string): Document[] {
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** What a program writes, with the image that it would have once it is built. */
function rendered(way: string): Document[] {
  const folder = temporaryFolder();
  jest.replaceProperty(process, 'env', { ...process.env, CDK8S_OUTDIR: folder });
  jest.isolateModules(() => {
    jest.doMock('capstan', () => {
      const capstan = jest.requireActual<typeof import('../../lib')>('../../lib');
      const images = { resolve: () => ({ reference: IMAGE }) };
      class CapstanApp extends capstan.CapstanApp {
        constructor(props?: CapstanAppProps) {
          super({ ...props, images });
        }
      }
      return { ...capstan, CapstanApp };
    });
    require(join(EXAMPLES, way, 'main.ts'));
  });
  jest.restoreAllMocks();
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((name) => parse(readFileSync(join(folder, name), 'utf8')));
}

/** What helm makes of the chart; `undefined`, with a line, when helm is not built. */
function helmDocuments(): Document[] | undefined {
  const helm = foundProgram('helm/helm.sh');
  if (helm === undefined) return undefined;
  const args = ['template', 'resize', join(EXAMPLES, 'helm'), '--namespace', 'studio'];
  const { status, stdout, stderr } = spawnSync(helm, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`helm: ${stderr}`);
  return parse(stdout);
}

describe('one worker, written four ways', () => {
  const expected = normalise(rendered('capstan'));

  test('is eight objects', () => {
    expect(Object.keys(expected)).toHaveLength(8);
  });

  test('is the same with cdk8s-plus-27', () => {
    expect(normalise(rendered('cdk8s-plus'))).toEqual(expected);
  });

  test('is the same in YAML', () => {
    const text = readFileSync(join(EXAMPLES, 'yaml/resize.yaml'), 'utf8');
    expect(normalise(parse(text))).toEqual(expected);
  });

  const chart = helmDocuments();
  (chart === undefined ? test.skip : test)('is the same with Helm', () => {
    expect(normalise(chart ?? [])).toEqual(expected);
  });

  test('fails for a number that differs', () => {
    const text = readFileSync(join(EXAMPLES, 'yaml/resize.yaml'), 'utf8');
    expect(normalise(parse(text.replace('memory: 299Mi', 'memory: 300Mi')))).not.toEqual(expected);
  });
});

/** The scalar fields of a value, by path. */
function fields(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, field]) => fields(field, `${path}/${key}`));
}

describe('docs/compare.md', () => {
  test('is right about what follows from twice the concurrency', () => {
    const of = (concurrency: number) => {
      const chart = exampleChart();
      exampleWorker(chart, { concurrency });
      return normalise(documentsOf(chart));
    };
    const before = new Map(fields(of(4)));
    const changed = fields(of(8)).filter(([path, value]) => before.get(path) !== value);
    expect(changed).toHaveLength(10);
    expect(new Set(changed.map(([path]) => path.split('/')[1])).size).toBe(3);
  });

  test('shows the lines that are there', () => {
    expect(readFileSync(join(PACKAGE_ROOT, 'docs/compare.md'), 'utf8')).toBe(renewedPage());
  });

  test('is right that Capstan takes 15', () => {
    const [capstan, ...others] = counts() as { lines: number }[];
    expect(capstan?.lines).toBe(15);
    for (const { lines } of others) expect(lines).toBeGreaterThan(10 * 15);
  });
});
