import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { imagesProgram, serveImage } from '../../tools/cluster/registry';
import { succeed } from '../../tools/cluster/run';
import type { Cluster } from '../../tools/cluster/state';
import { session } from './session';

const BUILD_SECONDS = 900;
const NOBODY = '65532:65532';

/**
 * Builds a Go program that is in no image of ours, and serves an image of it alone to a cluster.
 *
 * @param folder of its package, below a go.mod
 * @param names what manifests call the image, without a digest
 * @returns the image's digest
 */
export async function serveProgram(
  cluster: Cluster,
  folder: string,
  names: readonly string[],
): Promise<string> {
  const place = join(session().folder, 'images', folder.replaceAll('/', '-'));
  rmSync(place, { recursive: true, force: true });
  const [root, layout] = [join(place, 'root'), join(place, 'layout')];
  mkdirSync(root, { recursive: true });
  await succeed({
    program: 'go',
    args: ['build', '-trimpath', '-ldflags=-s -w', '-o', join(root, 'program'), '.'],
    cwd: folder,
    env: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    timeoutSeconds: BUILD_SECONDS,
  });
  const files = ['--root', root, '--out', layout];
  const args = ['pack', ...files, '--user', NOBODY, '--entrypoint', '/program'];
  await succeed({ program: await imagesProgram(), args });
  await serveImage(cluster, layout, names);
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: readonly { digest: string }[];
  };
  const [image] = index.manifests;
  if (image === undefined) throw new Error(`${layout} holds no image`);
  return image.digest;
}
