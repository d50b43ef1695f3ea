import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { staleFiles, strayFiles } from '../../lib/cli/compare-folders';
import { formatList } from '../../lib/synth/file-list';
import { temporaryFolder, writeFiles } from '../temporary-folder';

const OWN = { 'dev/a.k8s.yaml': 'kind: A' };

/** A committed folder with files beside those of the program, and what the program writes. */
function folders(others: Readonly<Record<string, string>>, list: readonly string[] = Object.keys(OWN)) {
  const [committed, fresh] = [temporaryFolder(), temporaryFolder()];
  writeFiles(committed, { ...OWN, ...others, '.capstan': formatList(list) });
  writeFiles(fresh, { ...OWN, '.capstan': formatList(Object.keys(OWN)) });
  return [committed, fresh] as const;
}

test.each([
  'mine.yaml',
  'dev/mine.yml',
  'dev/deep/mine.json',
  'other/mine.jsonnet',
  'dev/.argocd-source.yaml',
])('%s is a stray: kubectl or Argo CD would read it', (planted) => {
  const both = folders({ [planted]: 'kind: Mine' });
  expect(strayFiles(...both)).toEqual([planted]);
  expect(staleFiles(...both)).toEqual([]);
});

test.each(['README.md', 'dev/.gitkeep', '.capstan.1.part'])('%s is deployed by nobody', (harmless) => {
  expect(strayFiles(...folders({ [harmless]: 'text' }))).toEqual([]);
});

test('a link to a manifest is a stray like the manifest', () => {
  const [committed, fresh] = folders({});
  symlinkSync(join(fresh, 'dev/a.k8s.yaml'), join(committed, 'dev/link.yaml'));
  expect(strayFiles(committed, fresh)).toEqual(['dev/link.yaml']);
});

test('what is on the list without being of the program is stale, and told once', () => {
  const both = folders({ 'dev/listed.yaml': 'kind: Mine' }, [...Object.keys(OWN), 'dev/listed.yaml']);
  expect(staleFiles(...both)).toEqual(['.capstan', 'dev/listed.yaml']);
  expect(strayFiles(...both)).toEqual([]);
});

test('there are no strays in a folder that is not there', () => {
  const [, fresh] = folders({});
  expect(strayFiles(join(fresh, 'nowhere'), fresh)).toEqual([]);
});
