import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';

const { writeSchemas } = require('../../tools/manifests/kubernetes-schemas.cjs');
const {
  compareFindings,
  listedFindings,
  NEVER_LISTED,
} = require('../../tools/manifests/listed-findings.cjs');

const { writeResourceSchemas } = require('../../tools/manifests/resource-schemas.cjs');

interface Listed {
  readonly finding: string;
  readonly environments: readonly string[];
}

/** A small API: a kind with a quantity, a field called `format`, a map, and a list of objects that refer back. */
const openapi = {
  definitions: {
    'io.example.Box': {
      type: 'object',
      required: ['size'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        size: { $ref: '#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity' },
        format: { type: 'string', format: 'byte' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        parts: { type: 'array', items: { $ref: '#/definitions/io.example.Part' } },
      },
      'x-kubernetes-group-version-kind': [{ group: 'toys.example', version: 'v1', kind: 'Box' }],
    },
    'io.example.Part': {
      type: 'object',
      properties: {
        port: { $ref: '#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString' },
        of: { $ref: '#/definitions/io.example.Part' },
      },
    },
    'io.example.Unused': { type: 'object', properties: {} },
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string' },
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: 'string', format: 'int-or-string' },
  },
};

describe('schemas of an OpenAPI document', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-schemas-'));
  writeSchemas(openapi, folder);
  const schema = JSON.parse(readFileSync(join(folder, 'box-toys-v1.json'), 'utf8'));
  const isValid = new Ajv({ allowUnionTypes: true }).compile(schema);
  const box = { apiVersion: 'toys.example/v1', kind: 'Box', size: '1Gi' };

  test('are named as kubeconform looks for them, and hold what they need', () => {
    expect(readdirSync(folder)).toEqual(['box-toys-v1.json']);
    expect(Object.keys(schema.definitions)).not.toContain('io.example.Unused');
  });

  test.each([
    ['a quantity as text', {}],
    ['a quantity as a number', { size: 2 }],
    ['any label', { labels: { any: 'thing' } }],
    ['a field called format', { format: 'x' }],
    ['a port by number, in a part of a part', { parts: [{ of: { port: 80 } }] }],
  ])('accept %s', (_, fields) => {
    expect(isValid({ ...box, ...fields })).toBe(true);
  });

  test.each([
    ['an unknown field', { colour: 'red' }],
    ['an unknown field deep down', { parts: [{ of: { colour: 'red' } }] }],
    ['another version', { apiVersion: 'toys.example/v2' }],
    ['a missing field', { size: undefined }],
    ['a null', { format: null }],
  ])('refuse %s', (_, fields) => {
    expect(isValid(JSON.parse(JSON.stringify({ ...box, ...fields })))).toBe(false);
  });
});

const definition = {
  spec: {
    group: 'toys.example',
    names: { kind: 'Box' },
    versions: [
      {
        name: 'v1',
        served: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              apiVersion: { type: 'string' },
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                properties: {
                  format: { type: 'string', format: 'date-time', nullable: true },
                  port: {
                    'x-kubernetes-int-or-string': true,
                    anyOf: [{ type: 'integer' }, { type: 'string' }],
                  },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: {} },
                  one: {
                    type: 'object',
                    properties: { a: { type: 'string' }, b: { type: 'string' } },
                    oneOf: [{ required: ['a'], properties: { a: {} } }, { required: ['b'] }],
                  },
                },
              },
            },
          },
        },
      },
      { name: 'v0', served: false },
    ],
  },
};

describe('schemas of a CustomResourceDefinition', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-schemas-'));
  writeResourceSchemas([definition], folder);
  const schema = JSON.parse(readFileSync(join(folder, 'toys.example/box_v1.json'), 'utf8'));
  const isValid = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile(schema);
  const box = (spec: object) => ({
    apiVersion: 'toys.example/v1',
    kind: 'Box',
    metadata: { name: 'b' },
    spec,
  });

  test('exist for the versions that are served', () => {
    expect(readdirSync(join(folder, 'toys.example'))).toEqual(['box_v1.json']);
  });

  test.each([
    ['a field called format, which may be null', { format: null }],
    ['a port by name', { port: 'http' }],
    ['a port by number', { port: 80 }],
    ['anything where the definition keeps it', { free: { colour: 'red' } }],
    ['one of two fields', { one: { a: 'x' } }],
  ])('accept %s', (_, spec) => {
    expect(isValid(box(spec))).toBe(true);
  });

  test.each([
    ['an unknown field', { colour: 'red' }],
    ['an unknown field deep down', { one: { a: 'x', c: 'y' } }],
    ['both of two fields', { one: { a: 'x', b: 'y' } }],
    ['a port of another type', { port: true }],
  ])('refuse %s', (_, spec) => {
    expect(isValid(box(spec))).toBe(false);
  });

  test('refuse an unknown field beside spec, and another version', () => {
    expect(isValid({ ...box({}), extra: 1 })).toBe(false);
    expect(isValid({ ...box({}), apiVersion: 'toys.example/v0' })).toBe(false);
  });
});

describe('docs/kube-score.md', () => {
  const listed = listedFindings(readFileSync(join(__dirname, '../../docs/kube-score.md'), 'utf8'));

  test('lists nothing that is ours to get right', () => {
    expect(listed.findings.filter(({ finding }: Listed) => NEVER_LISTED.test(finding))).toEqual([]);
    expect(listed.leftOut.length).toBeGreaterThan(0);
  });

  test('is read row by row', () => {
    const table =
      '## Findings\n\n| check | object | environments | why |\n| --- | --- | --- | --- |\n| `pod-x` | Pod a | dev, edge | so |\n\n## Optional checks left out\n';
    expect(listedFindings(table)).toEqual({
      findings: [{ finding: 'pod-x Pod a', environments: ['dev', 'edge'] }],
      leftOut: [],
    });
  });

  test.each([
    'pod-probes Deployment develop',
    'container-security-context-privileged Pod it',
    'deployment-has-poddisruptionbudget Deployment it',
  ])('may never list %s', (finding) => {
    expect(finding).toMatch(NEVER_LISTED);
  });
});

describe('findings and their list', () => {
  const row = (...environments: string[]): Listed => ({ finding: 'pod-x Pod a', environments });
  const found = (environment: string, ...findings: string[]) => ({ environment, findings });

  test.each([
    ['a finding listed for its environment', [found('dev', 'pod-x Pod a'), found('edge')], [row('dev')]],
    ['a finding listed for all', [found('dev', 'pod-x Pod a'), found('edge')], [row('all')]],
  ])('agree about %s', (_, all, rows) => {
    expect(compareFindings(all, rows)).toEqual([]);
  });

  test.each([
    [
      'a finding that is not listed',
      [found('dev', 'pod-x Pod a')],
      [],
      'does not list the finding pod-x Pod a in dev',
    ],
    [
      'a finding listed for another environment',
      [found('dev', 'pod-x Pod a'), found('edge', 'pod-x Pod a')],
      [row('edge')],
      'does not list the finding pod-x Pod a in dev',
    ],
    [
      'a listed finding that is gone',
      [found('dev')],
      [row('dev')],
      'lists pod-x Pod a in dev, which is gone',
    ],
    ['a finding gone everywhere', [found('dev')], [row('all')], 'lists pod-x Pod a in all, which is gone'],
  ])('fail for %s', (_, all, rows, line) => {
    expect(compareFindings(all, rows)).toEqual([line]);
  });
});
