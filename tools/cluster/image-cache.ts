import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { succeed } from './run';

const SCRIPTS = join(__dirname, 'third-party');
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'capstan', 'images');
const MAKE_SECONDS = 1800;

/** How the process of an image is started. */
interface ImageSettings {
  readonly user: string;
  readonly entrypoint: readonly string[];
}

/** Images that are made here of other people's programs, by the last part of their name. */
const THIRD_PARTY: Readonly<Record<string, ImageSettings>> = {
  pause: { user: '65535:65535', entrypoint: ['/pause'] },
  coredns: { user: '65532:65532', entrypoint: ['/coredns'] },
  busybox: { user: '0:0', entrypoint: ['/bin/sh'] },
  nats: { user: '65532:65532', entrypoint: ['/nats-server'] },
  redis: { user: '65532:65532', entrypoint: ['redis-server'] },
  postgres: { user: '65532:65532', entrypoint: ['postgres'] },
  'prometheus-nats-exporter': { user: '65532:65532', entrypoint: ['/prometheus-nats-exporter'] },
  kafka: { user: '65532:65532', entrypoint: [] },
};
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/';

/** Whether an image of this name can be made here of Debian's, Go's or Maven's programs. */
export function canBeMade(image: string): boolean {
  return Object.hasOwn(THIRD_PARTY, baseName(image));
}

/**
 * Makes a third-party image unless it is there; gives the folder of its OCI layout.
 *
 * @param image its name in manifests, of which the last part before the tag says which it is
 * @param packer path of the program that packs images
 */
export async function thirdPartyImage(image: string, packer: string): Promise<string> {
  const name = baseName(image);
  const settings = THIRD_PARTY[name];
  if (settings === undefined) throw new Error(`no way to make the image ${image}`);
  const script = join(SCRIPTS, `${name}.sh`);
  const folder = join(CACHE, `${name}-${await inputsOf(script, settings)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const part = mkdtempSync(`${folder}.part-`);
  try {
    const root = join(part, 'root');
    mkdirSync(root);
    await succeed({ program: script, args: [root], timeoutSeconds: MAKE_SECONDS });
    const entrypoint = settings.entrypoint.flatMap((it) => ['--entrypoint', it]);
    const options = ['--root', root, '--out', join(part, 'layout'), '--user', settings.user, '--env', PATH];
    await succeed({
      program: packer,
      args: ['pack', ...options, ...entrypoint],
      timeoutSeconds: MAKE_SECONDS,
    });
    renameSync(join(part, 'layout'), folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return folder;
}

async function inputsOf(script: string, settings: ImageSettings): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of [script, join(SCRIPTS, 'rootfs.sh')]) hash.update(readFileSync(file));
  const made = await succeed({ program: script, args: ['--inputs'], timeoutSeconds: MAKE_SECONDS });
  return hash.update(made).digest('hex').slice(0, 12);
}

/** `postgres` of `docker.io/library/postgres:17.6@sha256:…`. */
function baseName(image: string): string {
  const [path = ''] = image.split('@');
  const last = path.split('/').at(-1) ?? '';
  return last.split(':')[0] ?? '';
}
