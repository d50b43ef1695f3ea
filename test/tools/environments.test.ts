import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder';

const { environmentsIn } = require('../../tools/manifests/environments.cjs');

interface Found {
  readonly name: string;
  readonly isKustomized: boolean;
  readonly files: readonly string[];
  readonly documents: readonly { readonly kind: string }[];
}

const settings = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;
const kustomization = 'kind: Kustomization\nresources: [a.yaml]\n';

describe('the environments of a folder', () => {
  test('are its folders with a kustomization, which is no manifest', () => {
    const folder = temporaryFolder({
      'dev/kustomization.yaml': kustomization,
      'dev/a.yaml': `${settings('a')}---\n${settings('b')}`,
      'edge/kustomization.yaml': kustomization,
      'edge/charts/a.yaml': settings('a'),
    });
    const found: Found[] = environmentsIn(folder);
    expect(found.map(({ name, isKustomized, documents }) => [name, isKustomized, documents.length])).toEqual([
      ['dev', true, 2],
      ['edge', true, 1],
    ]);
    expect(found.map(({ files }) => files)).toEqual([
      [join(folder, 'dev/a.yaml')],
      [join(folder, 'edge/charts/a.yaml')],
    ]);
  });

  test('are the folder itself when it has none', () => {
    const folder = temporaryFolder({ 'a.yaml': settings('a'), 'below/b.yaml': settings('b') });
    const [found, ...others]: Found[] = environmentsIn(folder);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ name: basename(folder), isKustomized: false });
    expect(found?.documents).toHaveLength(2);
  });

  test('fails where there is nothing to check, with what makes it', () => {
    const folder = temporaryFolder({ 'dev/kustomization.yaml': kustomization });
    expect(() => environmentsIn(folder)).toThrow(/dev holds no manifests: run npx capstan synth/);
    expect(() => environmentsIn(join(folder, 'none'))).toThrow(/none is not there: run npx capstan synth/);
  });
});
