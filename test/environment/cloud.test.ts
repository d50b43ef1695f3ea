import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { App } from 'cdk8s';
import { Environment, type EnvironmentProps } from '../../lib';
import { CLOUDS } from '../../lib/environment/cloud';

const environment = (props: EnvironmentProps) => new Environment(new App(), 'staging', props);

describe('the cloud of an environment', () => {
  test('gives storage classes, which the program may fix', () => {
    expect(environment({ cloud: 'gcp' })).toMatchObject({
      storageClass: 'standard-rwo',
      sharedStorageClass: 'standard-rwx',
    });
    expect(
      environment({ cloud: 'gcp', storageClass: 'premium-rwo', sharedStorageClass: 'nfs' }),
    ).toMatchObject({ storageClass: 'premium-rwo', sharedStorageClass: 'nfs' });
  });

  test("is the cluster's default class on bare metal, for shared volumes as well", () => {
    expect(environment({})).toMatchObject({ storageClass: undefined, sharedStorageClass: undefined });
    expect(environment({ storageClass: 'longhorn' }).sharedStorageClass).toBe('longhorn');
  });

  test("gives no class of one node's disks to volumes that nodes share", () => {
    expect(environment({ cloud: 'aws', storageClass: 'gp3' }).sharedStorageClass).toBeUndefined();
  });

  test('tells load balancers for everybody from those for its own network', () => {
    for (const cloud of ['aws', 'gcp', 'azure'] as const) {
      const it = environment({ cloud });
      expect(it.loadBalancerAnnotations('internal')).not.toEqual(it.loadBalancerAnnotations('external'));
    }
    expect(environment({}).loadBalancerAnnotations('internal')).toEqual({});
  });
});

test('docs/environments.md has every value of the table, with its source', () => {
  const rows = readFileSync('docs/environments.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '));
  for (const [cloud, { loadBalancer, storageClass, sharedStorageClass, identity }] of Object.entries(
    CLOUDS,
  )) {
    const annotations = Object.values(loadBalancer).flatMap((it) => Object.entries(it));
    const values = [
      ...annotations.map(([key, value]) => `${key}: "${value}"`),
      ...[storageClass, sharedStorageClass].flatMap((it) => it ?? []),
      ...(identity === undefined ? [] : [identity.annotation]),
    ];
    for (const value of values) {
      const found = rows.filter((row) => row.startsWith(`| \`${cloud}\``) && row.includes(`\`${value}\``));
      expect([cloud, value, found.length]).toEqual([cloud, value, 1]);
      expect(found[0]).toMatch(/https:\/\//);
    }
  }
});
