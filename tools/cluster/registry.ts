import { answers } from './answers';
import { thirdPartyImage } from './image-cache';
import { serves, start } from './processes';
import { built } from './programs';
import { succeed } from './run';
import { type Cluster, port } from './state';

/** What every pod has. */
export const PAUSE_IMAGE = 'capstan.local/pause:1';

/** Starts the registry that containerd gets every image from. */
export async function startRegistry(cluster: Cluster): Promise<void> {
  const address = registryOf(cluster);
  const args = ['registry', '--listen', address, '--folder', 'images'];
  start(cluster, { name: 'registry', program: await imagesProgram(), args });
  await serves(cluster, 'registry', () => answers(`http://${address}/v2/`));
  await serveThirdParty(cluster, [PAUSE_IMAGE]);
}

/**
 * Serves an image to the cluster, so that pods can name it, with or without the digest.
 *
 * @param layout the folder of an OCI layout that holds it
 * @param names what manifests call it, without a digest: host/path:tag
 */
export async function serveImage(cluster: Cluster, layout: string, names: readonly string[]): Promise<void> {
  const args = ['push', '--to', registryOf(cluster), layout, ...names];
  await succeed({ program: await imagesProgram(), args, timeoutSeconds: 300 });
}

/** Makes third-party images, unless they are there, and serves them to the cluster under these names. */
export async function serveThirdParty(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const name of names)
    await serveImage(cluster, await thirdPartyImage(name, await imagesProgram()), [name]);
}

/** The program that packs, serves and sends images. */
export function imagesProgram(): Promise<string> {
  return built('cluster/images/build.sh');
}

function registryOf(cluster: Cluster): string {
  return `127.0.0.1:${port(cluster, 'registry')}`;
}
