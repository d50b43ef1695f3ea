import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { acknowledge, CapstanApp, Environment, Rbac, type RbacVerb } from '../../lib';
import { RECEIPT_VARIABLE, receiptsIn } from '../../lib/synth/receipt';
import { temporaryFolder } from '../temporary-folder';
import { commitAll, git } from './git-project';
import { stderrLines } from './stderr-lines';

let folder: string;
let outdir: string;
beforeEach(() => {
  folder = temporaryFolder();
  outdir = join(folder, 'dist');
});

const WHY = 'It is right here.';

/** The lines of a synth of Rbacs with these verbs, one in each environment, about which one and the same is said. */
function linesOf(verbs: Readonly<Record<string, RbacVerb>>): string[] {
  const app = new CapstanApp({ outdir });
  for (const [name, verb] of Object.entries(verbs)) {
    const chart = new Chart(new Environment(app, name), 'shop', { namespace: name });
    const rbac = new Rbac(chart, 'rbac', {
      allow: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: [verb] }],
    });
    acknowledge(rbac, 'rbac-wildcard', WHY);
  }
  return stderrLines(() => app.synth());
}

describe('an acknowledgement of what a program says', () => {
  test('is listed when nothing is found there, with its reason', () => {
    expect(linesOf({ dev: 'get' })).toEqual([
      `dev/shop/rbac: acknowledge('rbac-wildcard', "${WHY}") sets nothing aside, since nothing is found there. Remove it.`,
    ]);
  });

  test('is not listed when it sets something aside, were it in one environment of many', () => {
    expect(linesOf({ dev: '*' })).toEqual([]);
    expect(linesOf({ dev: 'get', production: '*' })).toEqual([]);
  });

  test('is listed once for one line of code, and counted for those who asked', () => {
    process.env[RECEIPT_VARIABLE] = join(folder, 'receipt');
    try {
      expect(linesOf({ dev: 'get', production: 'get' })).toHaveLength(1);
    } finally {
      delete process.env[RECEIPT_VARIABLE];
    }
    expect(receiptsIn(join(folder, 'receipt'))).toEqual([{ folder: outdir, unusedAcknowledgements: 1 }]);
  });
});

describe('an acknowledgement of a change', () => {
  /** The lines of a synth of a Deployment that selects a tier. */
  function linesFor(tier: string): string[] {
    const app = new CapstanApp({ outdir });
    const labels = { tier };
    const web = new ApiObject(new Chart(app, 'shop', { namespace: 'shop' }), 'web', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'it', image: 'it:1' }] } },
      },
    });
    acknowledge(web, 'immutable-field', WHY);
    return stderrLines(() => app.synth());
  }

  test('is listed once the change is committed, and blocks nothing', () => {
    git(folder, 'init', '--quiet');
    // Nothing is known about changes yet.
    expect(linesFor('web')).toEqual([]);
    commitAll(folder);
    expect(linesFor('api')).toEqual([]);
    expect(linesFor('api')).toEqual([]);
    commitAll(folder);
    process.env[RECEIPT_VARIABLE] = join(folder, 'receipt');
    try {
      expect(linesFor('api')).toEqual([
        `shop/web: acknowledge('immutable-field', "${WHY}") sets nothing aside, since the change is committed or was never made. Remove it once that is deployed.`,
      ]);
    } finally {
      delete process.env[RECEIPT_VARIABLE];
    }
    expect(receiptsIn(join(folder, 'receipt'))).toMatchObject([{ unusedAcknowledgements: 0 }]);
  });
});
