import { describe, expect, test } from '@jest/globals';
import { Construct } from 'constructs';
import * as capstan from '../../lib';
import { temporaryFolder } from '../temporary-folder';
import { everyConstruct } from './app';

/** The classes of constructs that users make. */
function constructs(): [name: string, type: unknown][] {
  return Object.entries(capstan as Record<string, unknown>).filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof Construct,
  );
}

describe('the app with every construct in every environment', () => {
  const app = everyConstruct(temporaryFolder());
  const environments = app.node.children.filter((child) => child instanceof capstan.Environment);
  const inAll = (type: unknown) =>
    environments.every((environment) =>
      environment.node.findAll().some((construct) => construct.constructor === type),
    );

  test('is valid', () => {
    expect(app.documents().length).toBeGreaterThan(50);
  });

  test.each(constructs().filter(([name]) => name !== 'CapstanApp'))('has a %s in each', (_, type) => {
    expect(inAll(type)).toBe(true);
  });

  test('fails for a construct that it lacks', () => {
    expect(inAll(class Missing extends Construct {})).toBe(false);
  });
});
