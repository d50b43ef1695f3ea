import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart, Include } from 'cdk8s';
import { CapstanApp } from '../../lib';
import { linesOfError } from '../problem-lines';
import { temporaryFolder } from '../temporary-folder';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: it\n';

/** The lines that a synth of a program ends in that includes a text. */
function linesOf(text: string): string[] {
  const folder = temporaryFolder({ 'in.yaml': text });
  return linesOfError(() => {
    const app = new CapstanApp({ outdir: join(folder, 'dist') });
    new Include(new Chart(app, 'chart'), 'all', { url: join(folder, 'in.yaml') });
    app.documents();
  });
}

test('what is included is what the file says', () => {
  expect(linesOf(`---\n---\n${MAP}data:\n  a: "1"\n---\n{}\n---\n${MAP.replace('it', 'other')}`)).toEqual([]);
});

describe('fails in one line', () => {
  test.each([
    ['a list', '- a\n', /^Include of .*in\.yaml must hold objects with apiVersion and kind, got a list\./],
    ['a text', 'hello\n', /must hold objects with apiVersion and kind, got "hello"\./],
    ['an object of no kind', 'a: 1\n', /must hold objects with apiVersion and kind, got one without\./],
    ['an object twice', `${MAP}---\n${MAP}`, /must hold an object once, got ConfigMap it twice\./],
    [
      'a key twice',
      `---\n${MAP.replace('it', 'one')}---\n${MAP}data:\n  a: "1"\n  a: "2"\n`,
      /^chart\/all\/it-configmap: .*in\.yaml must be YAML that says one thing, got "Map keys must be unique at line \d+/,
    ],
    [
      'a name that is to be generated',
      MAP.replace('name', 'generateName'),
      /^chart\/all\/object0-configmap: \/metadata\/generateName must come with a name, got "it" alone/,
    ],
  ])('for %s', (_, text, line) => {
    expect(linesOf(text)).toEqual([expect.stringMatching(line)]);
  });

  test('for a file that is not there', () => {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    const include = () => new Include(new Chart(app, 'chart'), 'all', { url: '/nowhere/in.yaml' });
    expect(linesOfError(include)).toEqual([
      'Include of /nowhere/in.yaml must be a file that is there, or a URL, got none. Correct the file, or name another.',
    ]);
  });

  test('for a folder, of which cdk8s reads nothing', () => {
    const [app, url] = [new CapstanApp({ outdir: temporaryFolder() }), temporaryFolder()];
    const include = () => new Include(new Chart(app, 'chart'), 'all', { url });
    expect(linesOfError(include)).toEqual([
      expect.stringMatching(/must be a file that is there, .* got a folder\./),
    ]);
  });

  test('for a generated name in a plain object', () => {
    const app = new CapstanApp({ outdir: temporaryFolder() });
    new ApiObject(new Chart(app, 'chart'), 'it', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { generateName: 'a-' },
    });
    expect(linesOfError(() => app.documents())).toHaveLength(1);
  });
});
