import { describe, expect, jest, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { SpecError } from '../../lib/spec-error';
import { ENVIRONMENTS } from '../every-construct/environments';
import { type Mistake, mistaken } from './mistake';

/** The mistake to make next, and at which of the calls that take props. */
const mockNext: { mistake: Mistake | undefined; call: number; calls: number } = {
  mistake: undefined,
  call: 0,
  calls: 0,
};

/** The last argument of a call, with the mistake when its turn has come. */
function mockArguments(args: readonly unknown[]): unknown[] {
  const { mistake } = mockNext;
  const isTurn = mockNext.calls++ === mockNext.call && mistake !== undefined;
  return isTurn ? [...args.slice(0, -1), mistaken(args.at(-1), mistake)] : [...args];
}

jest.mock('../../lib', () => {
  const actual = jest.requireActual<Record<string, unknown>>('../../lib');
  const wrapped = Object.entries(actual).map(([name, value]) => {
    if (name === 'Source') return [name, mockSource(value as Record<string, unknown>)];
    const isConstruct = typeof value === 'function' && value.prototype instanceof Construct;
    return [name, isConstruct ? mockConstruct(value as object) : value];
  });
  return Object.fromEntries(wrapped);
});

function mockConstruct(type: object): object {
  return new Proxy(type, {
    construct: (target, args) =>
      Reflect.construct(target as () => void, mockArguments(args), target as () => void),
  });
}

function mockSource(source: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries(source).map(([name, make]) => [
      name,
      (...args: readonly unknown[]) => (make as (...args: unknown[]) => unknown)(...mockArguments(args)),
    ]),
  );
}

// Imports come before the mock.
const { constructFiles } =
  jest.requireActual<typeof import('../every-construct/app')>('../every-construct/app');
const { anyImage } =
  jest.requireActual<typeof import('../worker/example-worker')>('../worker/example-worker');
const { CapstanApp, Environment } = jest.requireMock<typeof import('../../lib')>('../../lib');

const values = [
  40,
  -1,
  0,
  1.5,
  Number.NaN,
  Infinity,
  '10Gi',
  '',
  'x',
  null,
  undefined,
  true,
  {},
  [],
  [null],
  { a: null },
  () => 1,
  10n,
];

const mistakes: fc.Arbitrary<Mistake> = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'delete', 'rename'),
  where: fc.nat(),
  value: fc.constantFrom<unknown>(...values),
});

/** Makes every form of a construct with one mistake, and all documents. */
function build(add: (chart: Chart) => void, place: string, mistake: Mistake, call: number): void {
  Object.assign(mockNext, { mistake: undefined, call: 0, calls: 0 });
  const app = new CapstanApp({ images: anyImage });
  Object.assign(mockNext, { mistake, call, calls: 0 });
  const environment = new Environment(app, place, ENVIRONMENTS[place] ?? {});
  add(new Chart(environment, 'home', { namespace: environment.namespace }));
  app.documents();
}

describe('one mistake anywhere in the props ends in a SpecError or in nothing', () => {
  test.each(constructFiles())('of %s', (_, { add }) => {
    fc.assert(
      fc.property(
        mistakes,
        fc.nat({ max: 4 }),
        fc.constantFrom(...Object.keys(ENVIRONMENTS)),
        (mistake, call, place) => {
          try {
            build(add, place, mistake, call);
          } catch (error) {
            if (!(error instanceof SpecError)) throw error;
          }
        },
      ),
      { numRuns: Number(process.env.MISTAKES ?? 12) },
    );
  });

  test('and such a mistake is made', () => {
    const mistake: Mistake = { kind: 'delete', where: 1, value: undefined };
    const add = (chart: Chart) =>
      constructFiles()
        .find(([name]) => name === 'worker')?.[1]
        .add(chart);
    expect(() => build(add, 'bare', mistake, 1)).toThrow(/^bare\/home\/from-memory: \w+ must be /);
  });
});
