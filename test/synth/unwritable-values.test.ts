import { expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { CapstanApp, SpecError } from '../../lib';

function linesOf(value: unknown): readonly string[] {
  const app = new CapstanApp();
  new ApiObject(new Chart(app, 'shop'), 'it', {
    apiVersion: 'e.com/v1',
    kind: 'Foo',
    metadata: { name: 'it' },
    spec: { deep: [{ value }] },
  });
  try {
    app.documents();
    return [];
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
}

test.each<[string, unknown, RegExp]>([
  ['a function', () => 1, /\/spec\/deep\/0\/value .* got a function/],
  ['a number that is none', Number.NaN, /\/spec\/deep\/0\/value .* got NaN/],
  ['a number without bound', Number.NEGATIVE_INFINITY, /\/spec\/deep\/0\/value .* got -Infinity/],
])('fails for %s in a custom resource, in one line', (_, value, line) => {
  expect(linesOf(value).join('\n')).toMatch(line);
});

test.each([['text'], [0], [-1.5], [true], [['list']], [{ of: 'fields' }]])('takes %j', (value) => {
  expect(linesOf(value)).toEqual([]);
});
