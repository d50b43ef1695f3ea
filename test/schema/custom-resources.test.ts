import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CustomSchemas, validateDocuments } from '../../lib/schema';
import type { CrdSchema } from '../../lib/schema/crd-shape';
import { changed, linesOf, route } from './documents';

/** The CRD of a Widget with a spec of some schema. */
function definition(spec: CrdSchema, group = 'example.com', kind = 'Widget') {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural: 'widgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  };
}

/** What is wrong with a Widget whose field `it` has a schema and a value. */
function linesFor(it: CrdSchema, value: unknown): string[] {
  const schemas = [
    CustomSchemas.fromDocuments([definition({ type: 'object', properties: { it } })], 'the test'),
  ];
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'it' } };
  return linesOf({ ...widget, spec: { it: value as string } }, { schemas }).map((line) =>
    line.replace('Widget it /spec/it', ''),
  );
}

describe('fails for what a CRD refuses', () => {
  test.each<[name: string, schema: CrdSchema, right: unknown, wrong: unknown, line: RegExp]>([
    ['a type', { type: 'string' }, 'a', 1, /must be a string/],
    ['a whole number', { type: 'integer' }, 1, 1.5, /must be a whole number/],
    ['a whole number of 32 bits', { type: 'integer', format: 'int32' }, 1, 2 ** 40, /of 32 bits/],
    ['a least value', { type: 'integer', minimum: 0 }, 0, -1, /must be 0 or more, got -1/],
    ['a greatest value', { type: 'number', maximum: 1 }, 1, 1.5, /must be 1 or less, got 1\.5/],
    ['a bound', { type: 'number', minimum: 0, exclusiveMinimum: true }, 0.1, 0, /must be above 0, got 0/],
    ['another bound', { type: 'number', maximum: 9, exclusiveMaximum: true }, 8, 9, /must be below 9/],
    ['a step', { type: 'integer', multipleOf: 5 }, 10, 12, /must be a multiple of 5/],
    ['a least length', { type: 'string', minLength: 1 }, 'a', '', /must not be empty/],
    ['a greatest length, in letters', { type: 'string', maxLength: 2 }, '👍👍', 'abc', /at most 2 letters/],
    ['a pattern', { type: 'string', pattern: '^[a-z]+$' }, 'a', 'A', /must match \^\[a-z\]\+\$, got "A"/],
    ['a pattern in Go syntax', { type: 'string', pattern: '^(?i)abort$' }, 'ABORT', 'x', /must match/],
    ['a list of values', { type: 'string', enum: ['On', 'Off'] }, 'On', 'on', /one of On, Off, .*Write On/],
    ['an empty string that is not listed', { type: 'string', enum: ['On'] }, 'On', '', /must be On/],
    ['a format', { type: 'string', format: 'ipv4' }, '10.0.0.1', '10.0.0', /must be an IPv4 address/],
    ['a time', { type: 'string', format: 'date-time' }, '2026-01-31T12:00:00Z', '2026', /must be a time/],
    [
      'a number of elements',
      { type: 'array', items: { type: 'string' }, minItems: 1 },
      ['a'],
      [],
      /1 element or more/,
    ],
    ['at most some elements', { type: 'array', items: {}, maxItems: 1 }, [1], [1, 2], /at most 1 element/],
    [
      'elements without duplicates',
      { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      ['a', 'b'],
      ['a', 'a'],
      /\/1 must differ from the other elements/,
    ],
    [
      'elements told apart by a key',
      {
        type: 'array',
        items: { type: 'object', properties: { name: { type: 'string' } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
      [{ name: 'a' }, { name: 'b' }],
      [{ name: 'a' }, { name: 'a' }],
      /\/1 must differ from the other elements by name/,
    ],
    [
      'a number of fields',
      { type: 'object', additionalProperties: {}, maxProperties: 1 },
      { a: 1 },
      { a: 1, b: 2 },
      /at most 1 field/,
    ],
    [
      'values of a map',
      { type: 'object', additionalProperties: { type: 'integer' } },
      { a: 1 },
      { a: 'b' },
      /\/a must be a whole number/,
    ],
    [
      'an unknown field',
      { type: 'object', properties: { a: {} } },
      { a: 1 },
      { b: 1 },
      /\/b must be a field that the test knows/,
    ],
    ['an object without fields', { type: 'object' }, {}, { b: 1 }, /\/b must be a field/],
    [
      'a field that is missing',
      { type: 'object', properties: { a: {} }, required: ['a'] },
      { a: 1 },
      {},
      /\/a must be set/,
    ],
    [
      'null in a map',
      { type: 'object', additionalProperties: { type: 'string' } },
      {},
      { a: null },
      /a string, got null/,
    ],
    [
      'null in place of what must be there',
      { type: 'object', properties: { a: {} }, required: ['a'] },
      { a: 1 },
      { a: null },
      /a must be set, got/,
    ],
    ['a number or string', { 'x-kubernetes-int-or-string': true }, '80%', 1.5, /whole number or a string/],
    [
      'one of some fields',
      { type: 'object', properties: { a: {}, b: {} }, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1 },
      { a: 1, b: 2 },
      /must have exactly one of a, b, got a and b\. Keep one/,
    ],
    [
      'at least one of some fields',
      { type: 'object', properties: { a: {}, b: {} }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1, b: 2 },
      {},
      /must have at least one of a, b, got none\. Add one/,
    ],
    [
      'at most one of some fields',
      {
        type: 'object',
        properties: { a: {}, b: {} },
        oneOf: [
          { not: { anyOf: [{ required: ['a'] }, { required: ['b'] }] } },
          { required: ['a'] },
          { required: ['b'] },
        ],
      },
      {},
      { a: 1, b: 2 },
      /must have at most one of a, b, got a and b/,
    ],
    [
      'a form that depends on a value',
      {
        type: 'object',
        properties: { type: { type: 'string' }, value: { type: 'string' } },
        oneOf: [
          {
            properties: {
              type: { enum: ['IP'] },
              value: { anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
            },
          },
          { properties: { type: { not: { enum: ['IP'] } } } },
        ],
      },
      { type: 'IP', value: '::1' },
      { type: 'IP', value: 'host' },
      /must fit exactly one of 2 forms, got one that fits none/,
    ],
    [
      'all of some rules',
      { type: 'string', allOf: [{ minLength: 1 }, { maxLength: 2 }] },
      'a',
      'abc',
      /at most 2/,
    ],
    [
      'what it excludes',
      { type: 'object', properties: { a: {} }, not: { required: ['a'] } },
      {},
      { a: 1 },
      /without a/,
    ],
  ])('%s', (_, schema, right, wrong, line) => {
    expect(linesFor(schema, right)).toEqual([]);
    const lines = linesFor(schema, wrong);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
  });

  test('takes null where it is a value, and for what is absent', () => {
    expect(linesFor({ type: 'string' }, null)).toEqual([]);
    const a: CrdSchema = { type: 'string', nullable: true };
    expect(linesFor({ type: 'object', properties: { a }, required: ['a'] }, { a: null })).toEqual([]);
  });

  test('fills in defaults before it asks for a field or a form', () => {
    const type: CrdSchema = { type: 'string', default: 'IP' };
    const value: CrdSchema = { type: 'string' };
    const oneOf: CrdSchema[] = [
      { properties: { type: { enum: ['IP'] } } },
      { properties: { type: { not: { enum: ['IP'] } } } },
    ];
    const schema: CrdSchema = { type: 'object', properties: { type, value }, required: ['type'], oneOf };
    expect(linesFor(schema, { value: 'a' })).toEqual([]);
  });

  test('takes any field where unknown ones are kept', () => {
    const open: CrdSchema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      'x-kubernetes-preserve-unknown-fields': true,
    };
    expect(linesFor(open, { b: { c: 1 } })).toEqual([]);
    expect(linesFor(open, { a: 1 })).toHaveLength(1);
    expect(linesFor({ 'x-kubernetes-preserve-unknown-fields': true }, [1, { a: null }])).toEqual([]);
  });

  test('holds metadata to the schema of Kubernetes', () => {
    const wrong = changed(route, '/metadata/label', {});
    expect(linesOf(wrong)[0]).toMatch(/metadata\/label must be a field .*Write labels/);
  });
});

describe('CustomSchemas', () => {
  test('reads CRDs from a file and leaves other documents out', () => {
    const folder = mkdtempSync(join(tmpdir(), 'capstan-crd-'));
    try {
      const file = join(folder, 'crd.yaml');
      const crd = JSON.stringify(definition({ type: 'object' }));
      writeFileSync(file, `kind: Other\n---\n${crd}\n`);
      const schemas = [CustomSchemas.fromFile(file)];
      const widget = {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'it' },
        spec: { a: 1 },
      };
      const { problems, unchecked } = validateDocuments([widget], { schemas });
      expect([problems.length, unchecked.length]).toEqual([1, 0]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('stand in for schemas of the same kind that Capstan has', () => {
    const own = definition(
      { type: 'object', properties: { mine: {} } },
      'gateway.networking.k8s.io',
      'HTTPRoute',
    );
    const schemas = [CustomSchemas.fromDocuments([own], 'a newer release')];
    expect(linesOf(changed(route, '/spec', { mine: true }), { schemas })).toEqual([]);
    expect(linesOf(route, { schemas })[0]).toContain('a newer release');
    expect(linesOf({ ...route, kind: 'GRPCRoute' }, { schemas })).toHaveLength(1);
  });

  test('fails for a file that is missing, is no YAML or holds no CRD', () => {
    expect(() => CustomSchemas.fromFile('/nowhere/crd.yaml')).toThrow('ENOENT');
    expect(() => CustomSchemas.fromDocuments([{ kind: 'ConfigMap' }], 'a.yaml')).toThrow(
      'a.yaml: must hold a CustomResourceDefinition of apiextensions.k8s.io/v1, got none.',
    );
  });
});
