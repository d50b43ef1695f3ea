import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { holdsImage } from '../../lib/codegen/image-layout';
import { temporaryFolder, writeFiles } from '../temporary-folder';

const NAME = 'registry.example/team/a:1';
const OCI = 'application/vnd.oci.image';

/** A layout with an index over one image, as the builder writes it. */
function exampleLayout() {
  const folder = temporaryFolder();
  const blob = (mediaType: string, text: string) => {
    const hex = createHash('sha256').update(text).digest('hex');
    writeFiles(folder, { [`blobs/sha256/${hex}`]: text });
    return { mediaType, digest: `sha256:${hex}`, size: text.length };
  };
  const layer = blob(`${OCI}.layer.v1.tar+gzip`, 'a layer');
  const config = blob(`${OCI}.config.v1+json`, '{"architecture":"amd64"}');
  const manifest = blob(`${OCI}.manifest.v1+json`, JSON.stringify({ config, layers: [layer] }));
  const image = blob(`${OCI}.index.v1+json`, JSON.stringify({ manifests: [manifest] }));
  const annotations = { 'io.containerd.image.name': NAME };
  writeFiles(folder, { 'index.json': JSON.stringify({ manifests: [{ ...image, annotations }] }) });
  return { folder, image, blobs: { layer, config, manifest, image } };
}

const pathOf = (folder: string, digest: string) => join(folder, 'blobs', digest.replace(':', '/'));

describe('a layout', () => {
  test('holds the image that it was built with, under its name', () => {
    const { folder, image } = exampleLayout();
    expect(holdsImage(folder, image.digest, NAME)).toBe(true);
    expect(holdsImage(folder, image.digest, `${NAME}.1`)).toBe(false);
    expect(holdsImage(folder, `sha256:${'0'.repeat(64)}`, NAME)).toBe(false);
  });

  test.each(['layer', 'config', 'manifest', 'image'] as const)(
    'does not hold the image when the %s has another byte, an end too early, or is gone',
    (part) => {
      const { folder, image, blobs } = exampleLayout();
      const path = pathOf(folder, blobs[part].digest);
      const whole = readFileSync(path);
      const flipped = Buffer.from(whole);
      flipped.writeUInt8(flipped.readUInt8(3) ^ 1, 3);
      for (const damaged of [flipped, whole.subarray(0, -1)]) {
        writeFileSync(path, damaged);
        expect(holdsImage(folder, image.digest, NAME)).toBe(false);
      }
      rmSync(path);
      expect(holdsImage(folder, image.digest, NAME)).toBe(false);
      writeFileSync(path, whole);
      expect(holdsImage(folder, image.digest, NAME)).toBe(true);
    },
  );

  test('does not hold an image when its index.json is damaged or missing', () => {
    const { folder, image } = exampleLayout();
    writeFileSync(join(folder, 'index.json'), '{"manifests": [');
    expect(holdsImage(folder, image.digest, NAME)).toBe(false);
    rmSync(join(folder, 'index.json'));
    expect(holdsImage(folder, image.digest, NAME)).toBe(false);
  });
});
