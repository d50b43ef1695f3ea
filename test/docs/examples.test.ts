import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Construct } from 'constructs';
import * as capstan from '../../lib';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { mistakesIn } from './compile-examples';
import { type Example, examplesIn, filesBelow } from './examples';

// Compiles the library.

const documented = [
  ...filesBelow('lib', /(?<!\.gen)\.ts$/),
  ...filesBelow('charts', /\.ts$/),
  ...filesBelow('docs', /(?<!\.api)\.md$/),
  'README.md',
  'CHANGELOG.md',
];

const wrong: [about: string, text: string, mistake: RegExp][] = [
  ['a prop that does not exist', 'new CapstanApp({ registri: 1 });', /'registri' does not exist/],
  ['a name that nothing exports', 'new Wroker(this);', /Cannot find name 'Wroker'/],
  ['an import that does not exist', "import { Wroker } from 'capstan';", /no exported member.* 'Wroker'/],
  ['a missing prop', "new NetworkAccess(this, 'a', {});", /Property 'pods' is missing/],
  ['what is no TypeScript', 'new CapstanApp(;', /expected/],
];

describe('examples in doc comments and documents', () => {
  const right: Example[] = documented.flatMap(examplesIn);
  const planted = wrong.map(([about, text]) => ({ file: about, line: 10, text: `\n${text}\n` }));
  // One program for all of them: most of its time goes into the library itself.
  const mistakes = mistakesIn([...right, ...planted]);

  test('compile against the public API', () => {
    const files = new Set(right.map(({ file }) => file));
    expect([...files]).toEqual(expect.arrayContaining(['README.md', 'lib/worker/worker.ts']));
    expect(mistakes.filter((line) => !wrong.some(([about]) => line.startsWith(about)))).toEqual([]);
  });

  test.each(wrong)('fails for %s, with its line', (about, _, mistake) => {
    const found = mistakes.filter((line) => line.startsWith(`${about}:12: `));
    expect(found.join('\n')).toMatch(mistake);
  });

  test.each(constructs())('show %s at work in its doc comment', (name) => {
    const comment = `/\\*\\*(?:(?!\\*/)[^])*?\`\`\`ts\\n(?:(?!\\*/)[^])*?\\*/\\nexport class ${name}[ <]`;
    const sources = filesBelow('lib', /\.ts$/).map((file) => readFileSync(join(PACKAGE_ROOT, file), 'utf8'));
    expect(sources.filter((text) => new RegExp(comment).test(text))).toHaveLength(1);
  });
});

/** Names of the classes of constructs that users make. */
function constructs(): string[] {
  const values: [string, unknown][] = Object.entries(capstan);
  return values.flatMap(([name, value]) =>
    typeof value === 'function' && value.prototype instanceof Construct ? [name] : [],
  );
}
