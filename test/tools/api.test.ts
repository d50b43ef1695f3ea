import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder';

const { ts, undocumented } = require('../../tools/api/undocumented.cjs');
const { entryPoints } = require('../../tools/api/entry-points.cjs');

/** What is said about a library whose one file exports this. */
function complaintsAbout(text: string): string[] {
  const folder = temporaryFolder({ 'lib/index.ts': text });
  const entry = join(folder, 'lib/index.ts');
  const program = ts.createProgram([entry], { strict: true, types: [] });
  return undocumented(program, [entry], join(folder, 'lib'));
}

describe('the check of doc comments', () => {
  test('is content with what is documented', () => {
    const text = `
      /** A size. */
      export interface Size {
        readonly kind: 'size';
        /**
         * Its width.
         * @default none
         */
        readonly width?: number;
        /** Its place, from the left and the top. */
        readonly place: { readonly left: number; readonly top: number };
      }
      /** A thing. */
      export class Thing {
        private secret = 1;
        /** Its size; \`scale\` makes it larger. */
        size(scale?: number): Size { throw new Error(String([scale, this.secret])); }
      }
      /** A failure. */
      export class Failure extends Error { override readonly name = 'Failure'; }`;
    expect(complaintsAbout(text)).toEqual([]);
  });

  test.each([
    ['a symbol', 'export class Thing {}', 'Thing has no doc comment'],
    ['a prop', '/** A. */ export interface A { readonly b: number }', 'A.b has no doc comment'],
    ['a method', '/** A. */ export class A { b(): void {} }', 'A.b has no doc comment'],
    [
      'what happens without a prop',
      '/** A. */ export interface A { /** B. */ readonly b?: number }',
      'A.b is optional and has no @default',
    ],
    [
      'what happens without a prop, in words',
      '/** A. */ export interface A { /** B. @default */ readonly b?: number }',
      'A.b is optional and has no @default',
    ],
    [
      'a type that a signature names',
      'interface B { c: number }\n/** A. */ export function a(b: B): void { throw b; }',
      'B has no doc comment',
    ],
    [
      'what happens without a prop of an inline type',
      '/** A. */ export interface A { /** B. */ readonly b: { /** C. */ c?: number } }',
      'A.b.c is optional and has no @default',
    ],
  ])('fails for a missing word about %s', (_, text, complaint) => {
    expect(complaintsAbout(text)).toContain(`index.ts: ${complaint}`);
  });
});

test('every subpath of the package that holds types has a report of its own', () => {
  const reports = entryPoints().map(({ report }: { report: string }) => report);
  expect(reports).toEqual(expect.arrayContaining(['capstan', 'capstan-plan', 'capstan-jest']));
  expect(new Set(reports).size).toBe(reports.length);
});
