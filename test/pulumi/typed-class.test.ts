import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lib';
import { classOf, isTyped } from '../../lib/pulumi/typed-class';
import { allTables, ownValue } from '../../lib/schema/tables';
import { type Registration, recordRegistrations, registered } from './registrations';

let recorded: Registration[] = [];

beforeEach(async () => {
  recorded = await recordRegistrations();
});

/** Each kind of Kubernetes, with all fields of its first level. */
const documents: JsonObject[] = allTables()
  .filter(({ source }) => source === 'Kubernetes')
  .flatMap(({ group, kinds, types }) =>
    Object.entries(kinds).map(([key, { type }]) => {
      const [version, kind] = key.split('/');
      const fields = Object.keys(ownValue(types, type)?.fields ?? {});
      return {
        ...Object.fromEntries(fields.map((field) => [field, { [field]: 'x' }])),
        apiVersion: group === '' ? `${version}` : `${group}/${version}`,
        kind: `${kind}`,
        metadata: { name: 'it' },
      };
    }),
  );

describe('the class of a kind', () => {
  test('loses no field that Kubernetes knows, but the status', async () => {
    const typed = documents.filter(isTyped);
    expect(typed.length).toBeGreaterThan(50);
    const made = typed.map((document, index) => new (classOf(document))(`it-${index}`, document, {}));
    await registered(made);
    const lost = typed.flatMap((document, index) => {
      const inputs = recorded.find(({ name }) => name === `it-${index}`)?.inputs;
      const missing = Object.keys(document).filter((field) => field !== 'status' && !(field in inputs));
      return missing.map((field) => `${document.apiVersion} ${document.kind}: ${field}`);
    });
    expect(lost).toEqual([]);
  });

  test('is there for every stable kind, but for questions to the API server and kinds newer than the package', () => {
    const stable = documents.filter(({ apiVersion }) => !/alpha|beta/.test(String(apiVersion)));
    const without = stable.filter((document) => !isTyped(document)).map(({ kind }) => kind);
    const questions = [
      'SelfSubjectReview',
      'TokenReview',
      'LocalSubjectAccessReview',
      'SelfSubjectAccessReview',
      'SelfSubjectRulesReview',
      'SubjectAccessReview',
    ];
    const newer = [
      'MutatingAdmissionPolicy',
      'MutatingAdmissionPolicyBinding',
      'ClusterTrustBundle',
      'PodCertificateRequest',
      'DeviceClass',
      'DeviceTaintRule',
      'ResourceClaim',
      'ResourceClaimTemplate',
      'ResourceSlice',
      'VolumeAttributesClass',
      'StorageVersionMigration',
    ];
    expect([...without].sort()).toEqual([...questions, ...newer].sort());
  });
});
