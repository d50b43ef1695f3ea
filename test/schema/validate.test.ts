import { describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../lib/json-value';
import type { ClusterSpec } from '../../lib/plan';
import { isNamespaced, listKeys, validateDocuments } from '../../lib/schema';
import { changed, deployment, linesOf, route } from './documents';

const POD = '/spec/template/spec';
const CONTAINER = `${POD}/containers/0`;

type Row = [name: string, pointer: string, value: JsonValue | undefined, line: string | RegExp];

/** The only line of problems of the Deployment with one other value. */
function lineOf(pointer: string, value: JsonValue | undefined, kubernetes: ClusterSpec = {}): string {
  const lines = linesOf(changed(deployment, pointer, value), { kubernetes });
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('validateDocuments', () => {
  test('finds nothing in documents that are right', () => {
    expect(linesOf(deployment)).toEqual([]);
    expect(linesOf(route)).toEqual([]);
  });

  test('takes null for a field that is absent, as the API server does', () => {
    expect(linesOf(changed(deployment, '/metadata/creationTimestamp', null))).toEqual([]);
    expect(linesOf(changed(deployment, `${CONTAINER}/resources`, null))).toEqual([]);
  });

  test('checks a List item by item', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [deployment, changed(deployment, '/spec/replicas', '3')],
    };
    expect(linesOf(list)).toEqual([
      'List /items/1/spec/replicas must be a whole number of 32 bits, got "3". Take away the quotes.',
    ]);
  });

  test('lets kinds through that no schema is known of, and lists them', () => {
    const widget = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'it' },
      spec: { any: 1 },
    };
    expect(validateDocuments([deployment, widget])).toEqual({
      problems: [],
      unchecked: [{ index: 1, apiVersion: 'example.com/v1', kind: 'Widget', name: 'it' }],
    });
  });

  test('never takes a field for known because every JavaScript object has it', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      const spec = JSON.parse(`{"${name}": {}}`) as JsonObject;
      const [line] = linesOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'it' }, ...spec });
      expect(line).toContain(`/${name} must be a field that Kubernetes`);
      expect(linesOf({ apiVersion: 'v1', kind: name, metadata: { name: 'it' } })).toHaveLength(1);
      expect(linesOf({ apiVersion: name, kind: 'ConfigMap', metadata: { name: 'it' } })).toHaveLength(1);
    }
  });

  test('shows no values of a Secret', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'it' }, stringData: { pin: 1234 } };
    const [line = ''] = linesOf(secret);
    expect(line).toContain('must be a string');
    expect(line).not.toContain('1234');
  });
});

describe('fails with the field, what was wanted, what was got and a fix', () => {
  test.each<Row>([
    [
      'a field that does not exist',
      `${CONTAINER}/imagePullPolicies`,
      'Always',
      'Deployment it /spec/template/spec/containers/0/imagePullPolicies must be a field that Kubernetes 1.32 to 1.37 knows, got "imagePullPolicies". Write imagePullPolicy.',
    ],
    ['a field of another object', '/spec/containers', [], /Known here: .*template/],
    ['a field that is missing', '/spec/selector', undefined, /selector must be set, got nothing\. Add it/],
    [
      'a number in place of a string',
      `${CONTAINER}/env/0/value`,
      5,
      /a string, got 5, a number\. Put it in quotes/,
    ],
    ['a string in place of a number', '/spec/replicas', '3', /whole number .*got "3"\. Take away the quotes/],
    ['a fraction', '/spec/replicas', 1.5, /whole number of 32 bits, got 1\.5/],
    ['a number of more than 32 bits', '/spec/replicas', 2 ** 31, /whole number of 32 bits/],
    ['a string in place of a list', `${CONTAINER}/args`, 'run', /must be a list, got "run"/],
    ['a list in place of an object', '/spec/template', [], /must be an object, got an empty list/],
    ['null in a list', `${CONTAINER}/args`, [null], /args\/0 must be a string, got null/],
    [
      'null in a map',
      `${CONTAINER}/resources/limits`,
      { cpu: null },
      /limits\/cpu must be a quantity, got null/,
    ],
    [
      'a value that is not listed',
      `${CONTAINER}/imagePullPolicy`,
      'always',
      /one of Always, .*"always"\. Write Always/,
    ],
    ['no quantity', `${CONTAINER}/resources/limits/memory`, '512MB', /must be a quantity, got "512MB"/],
    [
      'no number or string',
      `${POD}/containers/0/livenessProbe`,
      { httpGet: { port: true } },
      /whole number or a string/,
    ],
    ['no time', '/metadata/creationTimestamp', 'today', /must be a time, got "today"/],
    [
      'two elements of the same key',
      `${CONTAINER}/env`,
      [{ name: 'A' }, { name: 'A', value: '1' }],
      /env\/1 must differ from the other elements by name, got "A", as element 0 has/,
    ],
    [
      'two elements that a default makes the same',
      `${CONTAINER}/ports`,
      [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }],
      /ports\/1 must differ from the other elements by containerPort and protocol/,
    ],
    [
      'a kind that does not exist',
      '/kind',
      'Deploment',
      /kind must be a kind of apps\/v1 .*Write Deployment/,
    ],
    [
      'a kind of another group',
      '/apiVersion',
      'v1',
      /must be one that has Deployment .*got v1\. Write apps\/v1/,
    ],
    ['a version that is gone', '/apiVersion', 'extensions/v1beta1', /Write apps\/v1/],
    ['a misspelt group', '/apiVersion', 'app/v1', /Write apps\/v1/],
    ['a missing kind', '/kind', undefined, /kind must be a string, got nothing/],
  ])('for %s', (_, pointer, value, line) => {
    const found = lineOf(pointer, value);
    if (typeof line === 'string') expect(found).toBe(line);
    else expect(found).toMatch(line);
  });

  test('for text that is not in base64', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'it' }, data: { key: 'plain!' } };
    expect(linesOf(secret)[0]).toMatch(/data\/key must be text in base64/);
  });
});

describe('versions', () => {
  test('fails for a field that came later than the oldest cluster, naming the version', () => {
    expect(lineOf(`${POD}/hostnameOverride`, 'it')).toBe(
      'Deployment it /spec/template/spec/hostnameOverride must be a field of all of Kubernetes 1.32 to 1.37, ' +
        'got one that came with 1.34. Leave it out, or raise kubernetes.oldest to 1.34.',
    );
  });

  test('fails for a field that goes before the newest cluster, naming the version', () => {
    const line = lineOf(`${POD}/workloadRef`, { name: 'it', podGroup: 'a' }, { oldest: '1.35' });
    expect(line).toMatch(
      /of all of Kubernetes 1\.35 to 1\.37, got one that ended with 1\.35\. Leave it out, or set/,
    );
  });

  test('fails for a field that an API server drops because its feature gate is off', () => {
    const pointer = `${CONTAINER}/resizePolicy`;
    const policy = [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }];
    expect(lineOf(pointer, policy)).toMatch(
      /got one that Kubernetes 1\.32 drops unless the feature gate InPlacePodVerticalScaling is on\. .*raise kubernetes\.oldest to 1\.33/,
    );
    const resized = changed(deployment, pointer, policy);
    expect(linesOf(resized, { kubernetes: { oldest: '1.33' } })).toEqual([]);
    expect(linesOf(resized, { kubernetes: { featureGates: ['InPlacePodVerticalScaling'] } })).toEqual([]);
  });

  test('fails for a value that came later', () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'it' },
      spec: { scopes: ['VolumeAttributesClass'] },
    };
    expect(linesOf(quota)[0]).toMatch(/scopes\/0 must be a value of all of .*one that came with 1\.33/);
    expect(linesOf(quota, { kubernetes: { oldest: '1.33' } })).toEqual([]);
  });

  test('asks for a field only where a version does', () => {
    const set = { ...changed(deployment, '/spec/strategy', undefined), kind: 'StatefulSet' };
    expect(linesOf(set)[0]).toMatch(/serviceName must be set, as Kubernetes 1\.32 wants it, got nothing/);
    expect(linesOf(set, { kubernetes: { oldest: '1.33' } })).toEqual([]);
  });

  test('fails for a version of a kind that came later or is gone, and names another one', () => {
    const policy = { kind: 'ValidatingAdmissionPolicy', metadata: { name: 'it' }, spec: {} };
    expect(linesOf({ ...policy, apiVersion: 'admissionregistration.k8s.io/v1beta1' })[0]).toMatch(
      /ended with 1\.33\. Write admissionregistration\.k8s\.io\/v1\./,
    );
    const claim = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: { name: 'it' },
      spec: {},
    };
    expect(linesOf(claim)[0]).toMatch(/resource\.k8s\.io\/v1, one that came with 1\.34/);
    expect(linesOf(claim, { kubernetes: { oldest: '1.34' } })).toEqual([]);
  });

  test('fails for an alpha or beta version that clusters do not serve by default', () => {
    const claim = {
      apiVersion: 'resource.k8s.io/v1beta1',
      kind: 'ResourceClaim',
      metadata: { name: 'it' },
      spec: {},
    };
    expect(linesOf(claim)[0]).toMatch(/must be a version that clusters serve by default/);
    expect(linesOf(claim, { kubernetes: { apis: ['resource.k8s.io/v1beta1'] } })).toEqual([]);
  });

  test('takes the nearest version that there are tables of', () => {
    const later = changed(deployment, `${POD}/hostnameOverride`, 'it');
    expect(linesOf(later, { kubernetes: { oldest: '1.99' } })).toEqual([]);
    expect(linesOf(later, { kubernetes: { oldest: '1.20', newest: '1.21' } })).toHaveLength(1);
  });
});

describe('facts of kinds', () => {
  test('tells what is in a namespace', () => {
    expect(isNamespaced('apps/v1', 'Deployment')).toBe(true);
    expect(isNamespaced('v1', 'Namespace')).toBe(false);
    expect(isNamespaced('keda.sh/v1alpha1', 'ScaledObject')).toBe(true);
    expect(isNamespaced('example.com/v1', 'Widget')).toBeUndefined();
  });

  test('tells by what the elements of a list differ', () => {
    expect(listKeys('apps/v1', 'Deployment', `${POD}/containers`)).toEqual(['name']);
    expect(listKeys('apps/v1', 'Deployment', `${CONTAINER}/ports`)).toEqual(['containerPort', 'protocol']);
    expect(listKeys('apps/v1', 'Deployment', `${CONTAINER}/args`)).toEqual([]);
    expect(listKeys('gateway.networking.k8s.io/v1', 'Gateway', '/spec/listeners')).toEqual(['name']);
    expect(listKeys('apps/v1', 'Deployment', '/spec')).toBeUndefined();
    expect(listKeys('apps/v1', 'Deployment', '/spec/nothing')).toBeUndefined();
  });
});
