import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessTo } from './control-plane';
import { imagesOf, type KubernetesObject, missingSecrets, objectsIn } from './documents';
import { canBeMade } from './image-cache';
import { type Access, applyObjects, kubectl, tryKubectl } from './kubectl';
import { serveImage, serveThirdParty } from './registry';
import { succeed } from './run';
import { type Cluster, ROOT } from './state';
import { type Progress, StepError } from './step';

const BUILD_SECONDS = 1800;
const READY = '300s';
const IMAGES = join(ROOT, '.capstan', 'images');

/**
 * Serves the images that manifests name: ours, which `capstan image build` brings up to date, and those of others.
 *
 * @throws StepError when an image cannot be made, or is of other sources than the manifests name
 */
export async function serveImages(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<void> {
  const images = imagesOf(objects);
  const ours = images.filter((image) => image.includes('@sha256:'));
  // The digest in a manifest says which image it is, so what is there needs no look at the sources.
  if (!ours.every(isBuilt)) await buildImages();
  for (const image of ours) {
    if (!isBuilt(image)) {
      throw new StepError(
        `the manifests name ${image}, which the sources here do not give: npx capstan synth`,
      );
    }
    await serveImage(cluster, layoutOf(image), [image.split('@')[0] ?? '']);
  }
  const others = images.filter((image) => !ours.includes(image));
  const unknown = others.filter((image) => !canBeMade(image));
  if (unknown.length > 0) throw new StepError(`no way here to make ${unknown.join(', ')}`);
  await serveThirdParty(cluster, others);
}

async function buildImages(): Promise<void> {
  const args = [join(ROOT, 'bin', 'capstan.cjs'), 'image', 'build'];
  await succeed({ program: process.execPath, args, cwd: ROOT, timeoutSeconds: BUILD_SECONDS });
}

/** Whether the image is there as the manifests have it. */
function isBuilt(image: string): boolean {
  const index = join(layoutOf(image), 'index.json');
  return existsSync(index) && readFileSync(index, 'utf8').includes(image.split('@')[1] ?? '');
}

/** Where `capstan image build` leaves the image of this name. */
function layoutOf(image: string): string {
  const last = image.split('@')[0]?.split('/').at(-1) ?? '';
  return join(IMAGES, last.split(':')[0] ?? '');
}

/**
 * Makes the namespaces of an environment's folder, and made-up Secrets that its containers read. A Secret that is there
 * stays as it is.
 */
export async function makeSecrets(access: Access, objects: readonly KubernetesObject[]): Promise<void> {
  await applyFirst(access, objects);
  for (const secret of missingSecrets(objects)) {
    const { name, namespace = '' } = secret.metadata;
    const { code } = await tryKubectl(access, ['--namespace', namespace, 'get', 'secret', name]);
    if (code !== 0) await applyObjects(access, [secret]);
  }
}

/** Namespaces as the manifests have them, and by the same owner, so that applying them again changes nothing. */
async function applyFirst(access: Access, objects: readonly KubernetesObject[]): Promise<void> {
  const items = objects.filter(({ kind }) => kind === 'Namespace');
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  if (items.length > 0) await kubectl(access, ['apply', '--server-side', '-f', '-'], list);
}

/**
 * Applies an environment's folder, on the server's side.
 *
 * @returns what kubectl warned of, a line each
 */
export async function applyFolder(access: Access, folder: string): Promise<string[]> {
  const { code, stderr } = await tryKubectl(access, [
    'apply',
    '--server-side',
    '--validate=strict',
    '-k',
    folder,
  ]);
  const lines = stderr.split('\n').filter((line) => line !== '');
  if (code !== 0)
    throw new StepError(`kubectl apply of ${folder} ended with ${code}: ${lines.slice(0, 3).join('; ')}`);
  return lines;
}

/**
 * Waits until every workload of the objects has its pods ready, and every Job has ended well.
 *
 * @throws StepError that names what is not ready, and why its pods are not
 */
export async function waitReady(access: Access, objects: readonly KubernetesObject[]): Promise<void> {
  for (const { kind, metadata } of objects) {
    const { name, namespace = 'default' } = metadata;
    const what = `${kind.toLowerCase()}/${name}`;
    const args = ['--namespace', namespace];
    if (['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) {
      args.push('rollout', 'status', what, `--timeout=${READY}`);
    } else if (kind === 'Job') args.push('wait', '--for=condition=Complete', what, `--timeout=${READY}`);
    else continue;
    const { code } = await tryKubectl(access, args, undefined, 330);
    if (code !== 0)
      throw new StepError(`${what} is not ready after ${READY}: ${await waitingPods(access, namespace)}`);
  }
}

/** What the pods of a namespace wait for, in a few words each. */
async function waitingPods(access: Access, namespace: string): Promise<string> {
  const list = ['--namespace', namespace, 'get', 'pods', '--output=json'];
  const { items } = JSON.parse(await kubectl(access, list)) as { items: readonly Pod[] };
  const waiting = items.flatMap(({ metadata, status }) => {
    const { phase, conditions = [], containerStatuses = [] } = status;
    if (phase === 'Succeeded' || conditions.some((it) => it.type === 'Ready' && it.status === 'True'))
      return [];
    const states = containerStatuses.map(({ state }) => state?.waiting ?? state?.terminated);
    const unscheduled = conditions.find((it) => it.type === 'PodScheduled' && it.status === 'False');
    const reasons = [...states, unscheduled].filter((it) => it !== undefined);
    const why = reasons.map(
      ({ reason, message }) => `${reason}${message ? ` (${message.slice(0, 120)})` : ''}`,
    );
    return [`${metadata.name} ${why.join(', ') || phase}`];
  });
  return waiting.join('; ') || 'no pod waits';
}

interface Reason {
  readonly reason?: string;
  readonly message?: string;
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly ({ readonly type: string; readonly status: string } & Reason)[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: Reason; readonly terminated?: Reason };
    }[];
  };
}

/** Add-ons without which what is in dist/ for one node does not become ready. */
export const ADDONS_TO_BE_READY = ['coredns', 'netpol', 'local-path'];

/** Add-ons with which it scales as well. */
export const ADDONS_TO_BE_USED = [...ADDONS_TO_BE_READY, 'prometheus', 'prometheus-adapter'];

/** Brings an environment's folder to a cluster of ours: images, made-up Secrets, manifests; waits until all is ready. */
export async function deploy(cluster: Cluster, folder: string, progress: Progress): Promise<void> {
  const objects = objectsIn(folder);
  const access = accessTo(cluster);
  await serveImages(cluster, objects);
  progress.say('images are served');
  await makeSecrets(access, objects);
  await applyFolder(access, folder);
  progress.say(`${folder} is applied: ${objects.length} objects`);
  await waitReady(access, objects);
  progress.say('everything is ready');
}
