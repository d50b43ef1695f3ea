import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { transformSync } from '@swc/core';
import * as plan from '../../lib/plan';

const PAGE = readFileSync(join(__dirname, '../../docs/plan.md'), 'utf8');

/** Programs of the page, each with the output that is shown below it. */
const examples = [...PAGE.matchAll(/```ts\n(.*?)```\n\n```text\n(.*?)```/gs)].map(
  ([, program = '', shown = '']) => ({
    program,
    shown,
  }),
);

/** What a program that imports `capstan/plan` prints. */
function output(program: string): string {
  const { code } = transformSync(program, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const lines: string[] = [];
  const load = (name: string) => {
    expect(name).toBe('capstan/plan');
    return plan;
  };
  new Function('require', 'exports', 'console', code)(
    load,
    {},
    { log: (line: string) => lines.push(`${line}\n`) },
  );
  return lines.join('');
}

describe('docs/plan.md', () => {
  test('every program on the page has its output below it', () => {
    expect(examples).toHaveLength(PAGE.split('```ts\n').length - 1);
    expect(examples).not.toHaveLength(0);
  });

  test.each(examples)('prints what it shows: example %#', ({ program, shown }) => {
    expect(output(program)).toBe(shown);
  });

  test('names every figure in a formula', () => {
    const groups = [/^scaleUp/, /^peakConcurrency/, /^ephemeralStorage/];
    const formulas = PAGE.slice(PAGE.indexOf('## The pod'));
    const explainedByItself = new Set(['minReplicas', 'maxReplicas', 'minReadySeconds']);
    const missing = [...plan.FIGURE_NAMES, ...plan.SERVICE_FIGURE_NAMES].filter(
      (name) =>
        !explainedByItself.has(name) &&
        !groups.some((group) => group.test(name)) &&
        !formulas.includes(`| \`${name}\``),
    );
    expect(missing).toEqual([]);
  });
});
