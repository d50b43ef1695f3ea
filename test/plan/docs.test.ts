import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { transformSync } from '@swc/core';
import * as plan from '../../lib/plan';

const PAGES = ['plan.md', 'queueing.md'];
const PAGE = read('plan.md');

function read(page: string): string {
  return readFileSync(join(__dirname, '../../docs', page), 'utf8');
}

/** Programs of a page, each with the output that is shown below it. */
function examplesOf(page: string) {
  return [...read(page).matchAll(/```ts\n(.*?)```\n\n```text\n(.*?)```/gs)].map(
    ([, program = '', shown = '']) => ({ page, program, shown }),
  );
}

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

describe('pages about the plan', () => {
  test.each(PAGES)('every program in %s has its output below it', (page) => {
    const examples = examplesOf(page);
    expect(examples).toHaveLength(read(page).split('```ts\n').length - 1);
    expect(examples).not.toHaveLength(0);
  });

  test.each(PAGES.flatMap(examplesOf))('prints what it shows: $page, example %#', ({ program, shown }) => {
    expect(output(program)).toBe(shown);
  });
});

describe('docs/plan.md', () => {
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
