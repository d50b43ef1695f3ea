import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart, Yaml } from 'cdk8s';
import fc from 'fast-check';
import { CapstanApp, type JsonObject, type JsonValue } from '../../lib';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { stringifyYaml } from '../../lib/synth/stringify-yaml';
import { problemLines } from '../problem-lines';
import { arbitraryDocument, WORDS } from './arbitrary-document';

interface Answer {
  readonly documents?: readonly JsonValue[];
  readonly error?: string;
}

/** What kubectl reads from files, with its own reader (tools/yaml-reader). */
function readAsKubectl(files: readonly string[]): Answer[] {
  const input = files.map((file) => `${Buffer.from(file).toString('base64')}\n`).join('');
  const cwd = join(PACKAGE_ROOT, 'tools/yaml-reader');
  const ended = spawnSync('go', ['run', '.'], { cwd, input, encoding: 'utf8', maxBuffer: 2 ** 29 });
  if (ended.status !== 0) throw new Error(`yaml-reader: ${ended.error?.message ?? ended.stderr}`);
  const lines = ended.stdout.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Answer);
}

/** Where kubectl reads something else than what was written, or refuses a file. */
function misread(
  files: readonly (readonly JsonObject[])[],
  stringify: (documents: readonly JsonObject[]) => string,
): { wrote: string; read: string }[] {
  return readAsKubectl(files.map(stringify)).flatMap(({ documents, error }, index) => {
    const wrote = canonical(files[index]);
    const read = error ?? canonical(documents);
    if (wrote === read) return [];
    const from = Math.max(0, [...wrote].findIndex((character, at) => character !== [...read][at]) - 20);
    const near = (text: string) => [...text].slice(from, from + 80).join('');
    return [{ wrote: near(wrote), read: error ?? near(read) }];
  });
}

/** JSON with sorted fields, whatever their names. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.sort().join()}}`;
}

/** A word as a key, as a value, in a list and in an object in a list. */
const withWord = (word: string): JsonObject => ({
  [word]: word,
  list: [word, [word], { [word]: word }],
  deep: { deep: { [word]: word } },
});

describe('kubectl reads what was written', () => {
  test('whatever texts and numbers documents hold', () => {
    const files = [
      ...WORDS.map((word) => [withWord(word)]),
      ...fc.sample(fc.array(arbitraryDocument, { minLength: 1, maxLength: 3 }), {
        numRuns: 5000,
        seed: 20_261_126,
      }),
    ];
    expect(misread(files, stringifyYaml).slice(0, 1)).toEqual([]);
  });

  test('and this finds what cdk8s alone would have it read as something else', () => {
    const words = ['0o17', '-01_e9_', '<<', 'a\x7f', 'a\x85b', '\u2028', '\ufeff', '\ta\nb'];
    const files = words.map((word) => [withWord(word)]);
    expect(misread(files, (documents) => Yaml.stringify(...documents))).toHaveLength(words.length);
    expect(misread(files, stringifyYaml)).toEqual([]);
  });
});

test('fails for half of a character, which no file can hold, naming where', () => {
  const app = new CapstanApp();
  const chart = new Chart(app, 'chart');
  const data = { whole: '😀', half: '😀'.slice(0, 1), '\udc00': 'a', escaped: '\\ud800' };
  new ApiObject(chart, 'it', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'it' }, data });
  const fix = 'Cut texts between characters, and give bytes in base64.';
  const wanted = 'must be of whole characters, got half of one (a surrogate alone)';
  expect(problemLines(app)).toEqual(
    expect.arrayContaining([
      `chart/it: ConfigMap /data/half ${wanted}. ${fix}`,
      `chart/it: ConfigMap /data/\ufffd ${wanted}. ${fix}`,
    ]),
  );
});
