import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';

const { writeSchemas } = require('../../tools/manifests/kubernetes-schemas.cjs');
const { listedFindings, NEVER_LISTED } = require('../../tools/manifests/listed-findings.cjs');

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

describe('docs/kube-score.md', () => {
  const listed = listedFindings(readFileSync(join(__dirname, '../../docs/kube-score.md'), 'utf8'));

  test('lists nothing that is ours to get right', () => {
    expect(listed.findings.filter((it: string) => NEVER_LISTED.test(it))).toEqual([]);
    expect(listed.leftOut.length).toBeGreaterThan(0);
  });

  test('is read row by row', () => {
    const table =
      '## Findings\n\n| check | object | why |\n| --- | --- | --- |\n| `pod-x` | Pod a | so |\n\n## Optional checks left out\n';
    expect(listedFindings(table)).toEqual({ findings: ['pod-x Pod a'], leftOut: [] });
  });

  test.each([
    'pod-probes Deployment develop',
    'container-security-context-privileged Pod it',
    'deployment-has-poddisruptionbudget Deployment it',
  ])('may never list %s', (finding) => {
    expect(finding).toMatch(NEVER_LISTED);
  });
});
