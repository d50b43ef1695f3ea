import { renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { hashImageInputs, type ImageRecipe } from '../../lib/codegen/image-inputs';
import { temporaryFolder, writeFiles } from '../temporary-folder';

const FILES = {
  'apps/a/go.mod': 'module a\n\nrequire capstan v0.0.0\n\nreplace capstan => ../../go\n',
  'apps/a/handler.go': 'package main\n\nfunc Handle() {}\n',
  'apps/a/data/table.json': '[1]\n',
  'go/go.mod': 'module capstan\n',
  'go/worker/main.go': 'package worker\n',
  'go/image/go.mod': 'module capstan/image\n',
  'go/image/main.go': 'package main\n',
};

interface Tree {
  readonly root: string;
  hash(change?: Partial<ImageRecipe>, name?: string): string;
}

function tree(files: Readonly<Record<string, string>> = FILES): Tree {
  const root = temporaryFolder(files);
  const recipe: ImageRecipe = {
    builder: join(root, 'go/image'),
    toolchain: 'go1.26.8',
    platforms: ['linux/amd64', 'linux/arm64'],
  };
  return {
    root,
    hash: (change, name = 'a') =>
      hashImageInputs({ name, directory: join(root, 'apps/a') }, { ...recipe, ...change }),
  };
}

describe('the hash of an image’s inputs', () => {
  const changes: [string, Record<string, string>][] = [
    ['the handler', { 'apps/a/handler.go': 'package main\n\nfunc Handle() { }\n' }],
    ['a new file', { 'apps/a/more.go': 'package main\n' }],
    ['a file that Go does not compile', { 'apps/a/data/table.json': '[2]\n' }],
    ['the runtime', { 'go/worker/main.go': 'package worker // newer\n' }],
    ['the builder', { 'go/image/main.go': 'package main // newer\n' }],
    ['the line ends of a file that may be embedded', { 'apps/a/data/table.json': '[1]\r\n' }],
  ];

  test.each(changes)('changes with %s', (_, files) => {
    const { root, hash } = tree();
    const before = hash();
    writeFiles(root, files);
    expect(hash()).not.toBe(before);
  });

  test('changes with the toolchain, the platforms and the name', () => {
    const { hash } = tree();
    const hashes = [
      hash(),
      hash({ toolchain: 'go1.26.9' }),
      hash({ platforms: ['linux/amd64'] }),
      hash({}, 'b'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('changes when a file moves', () => {
    const { root, hash } = tree();
    const before = hash();
    renameSync(join(root, 'apps/a/handler.go'), join(root, 'apps/a/handle.go'));
    expect(hash()).not.toBe(before);
  });

  test('changes when content moves from the end of a file to the start of the next', () => {
    const one = tree({ ...FILES, 'apps/a/x.txt': 'ab', 'apps/a/y.txt': 'c' });
    const other = tree({ ...FILES, 'apps/a/x.txt': 'a', 'apps/a/y.txt': 'bc' });
    expect(one.hash()).not.toBe(other.hash());
  });

  const ignored: [string, Record<string, string>][] = [
    ['a test', { 'apps/a/handler_test.go': 'package main\n' }],
    ['test data', { 'go/worker/testdata/x.json': '{}' }],
    ['a dot file', { 'apps/a/.DS_Store': 'x' }],
    ['a measured profile', { 'apps/a/profile.json': '{}' }],
    ['a document', { 'go/README.md': '# Runtime\n' }],
    ['line ends of Go files', { 'apps/a/handler.go': 'package main\r\n\r\nfunc Handle() {}\r\n' }],
    [
      'another module within',
      { 'apps/a/tool/go.mod': 'module tool\n', 'apps/a/tool/main.go': 'package main\n' },
    ],
  ];

  test.each(ignored)('does not change with %s', (_, files) => {
    const { root, hash } = tree();
    const before = hash();
    writeFiles(root, files);
    expect(hash()).toBe(before);
  });

  test('does not change with where the tree lies, the order of writing and times', () => {
    const one = tree();
    const other = tree(Object.fromEntries(Object.entries(FILES).reverse()));
    utimesSync(join(other.root, 'apps/a/handler.go'), 0, 0);
    expect(other.hash()).toBe(one.hash());
  });

  test.each(['notes/*.md', 'notes', '"notes/a.md"', 'all:notes', '*'])('follows //go:embed %s', (pattern) => {
    const main = `package main\n\nimport _ "embed"\n\n//go:embed ${pattern}\nvar notes string\n`;
    const { root, hash } = tree({ ...FILES, 'apps/a/main.go': main, 'apps/a/notes/a.md': 'one' });
    const before = hash();
    writeFiles(root, { 'apps/a/notes/a.md': 'two' });
    expect(hash()).not.toBe(before);
  });

  test('counts every module that go.mod takes from the disk', () => {
    const goMod = `${FILES['apps/a/go.mod']}\nreplace (\n\tacme/shared v1.0.0 => ../shared // ours\n)\n`;
    const { root, hash } = tree({
      ...FILES,
      'apps/a/go.mod': goMod,
      'apps/shared/go.mod': 'module acme/shared\n',
      'apps/shared/x.go': 'package shared\n',
    });
    const before = hash();
    writeFiles(root, { 'apps/shared/x.go': 'package shared // changed\n' });
    expect(hash()).not.toBe(before);
  });
});
