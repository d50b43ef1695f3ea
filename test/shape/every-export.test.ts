import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import * as capstan from '../../lib';
import shapes from '../../lib/shape/zz_shapes.gen.json';
import { linesOfError } from '../problem-lines';
import { exampleApp } from '../worker/example-worker';

const WRONG = { noSuchProp: 1 } as never;
const UNKNOWN = expect.stringMatching(/noSuchProp must be a property that is known here, got "noSuchProp"\./);

type Make = new (...args: readonly unknown[]) => Construct;

function constructs(): [name: string, type: Make][] {
  return Object.entries(capstan as Record<string, unknown>).flatMap(([name, value]) =>
    typeof value === 'function' && value.prototype instanceof Construct
      ? [[name, value as Make] as const]
      : [],
  ) as [string, Make][];
}

/** What makes the construct, as users do. */
function argumentsOf(name: string, chart: Chart): readonly unknown[] {
  if (name === 'CapstanApp') return [WRONG];
  return name === 'WorkerAround' ? [chart, WRONG] : [chart, 'wrong', WRONG];
}

describe('what every export takes is checked at once', () => {
  test.each(constructs())('by %s', (name, Type) => {
    const chart = new Chart(exampleApp(), 'studio');
    expect(linesOfError(() => new Type(...argumentsOf(name, chart)))).toContainEqual(UNKNOWN);
  });

  test.each(Object.keys(capstan.Source))('by Source.%s', (name) => {
    const make = capstan.Source[name as keyof typeof capstan.Source] as (options: unknown) => unknown;
    expect(linesOfError(() => make(WRONG))).toContainEqual(UNKNOWN);
  });

  test('fails for a class that has no shape', () => {
    const names = constructs().map(([name]) => name);
    expect([...names, 'Forgotten'].filter((name) => !Object.hasOwn(shapes.calls, name))).toEqual([
      'Forgotten',
    ]);
  });
});
