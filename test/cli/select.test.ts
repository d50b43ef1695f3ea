import { describe, expect, test } from '@jest/globals';
import { selectApps } from '../../lib/cli/select';
import type { AppUse } from '../../lib/model';
import { exampleModel } from './example-program';

const worker = exampleModel('studio/resize');
const upload: AppUse = {
  path: 'studio/upload',
  name: 'uploads',
  app: { ...worker.app, name: 'upload', directory: 'apps/upload', kind: 'service', handler: 'New' },
};

describe('selecting apps', () => {
  test('gives each app once, with the brokers of all its uses', () => {
    const used: AppUse = { ...worker, app: { ...worker.app, brokers: ['jetstream'] } };
    const apps = selectApps([worker, upload, used], []);
    expect(apps.map(({ name, brokers }) => [name, brokers])).toEqual([
      ['resize', ['jetstream']],
      ['upload', []],
    ]);
  });

  test('takes names of apps and of workers', () => {
    const other = { ...exampleModel('studio/crop'), app: worker.app };
    const uses = [worker, other, upload];
    expect(selectApps(uses, ['uploads', 'crop', 'resize']).map(({ name }) => name)).toEqual([
      'upload',
      'resize',
    ]);
  });

  test('knows the brokers of all environments in each of them', () => {
    const staging: AppUse = { ...worker, environmentName: 'staging' };
    const production: AppUse = {
      ...worker,
      environmentName: 'production',
      app: { ...worker.app, brokers: ['jetstream'] },
    };
    expect(selectApps([staging, production, upload], [], 'staging')).toEqual([production.app]);
  });

  test.each([
    [{ directory: 'apps/other' }, 'the folders apps/resize and apps/other'],
    [{ kind: 'service' }, 'the kinds worker and service'],
    [{ handler: 'New' }, 'the handlers Handle and New'],
  ] as const)('fails for one name of two apps: %j', (change, got) => {
    const other: AppUse = { ...worker, app: { ...worker.app, ...change } };
    const select = () => selectApps([worker, other], []);
    expect(select).toThrow(`resize must be the name of one app, got ${got}.`);
  });
});
