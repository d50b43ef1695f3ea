import { join } from 'node:path';
import { type Completion, runToEnd } from '../child-process';
import { CommandError, EXIT } from '../command-error';
import { BUILDER_FOLDER } from '../package-root';
import { INSTALL_GO, runGo } from './go-command';
import { GO_TOOLCHAIN, PLATFORMS } from './toolchain';

/** An image to build. */
export interface ImageRequest {
  /** Name of the app, and of the binary in the image. */
  readonly name: string;
  /** The app's folder, absolute. */
  readonly directory: string;
  /** Full name of the image without a tag. */
  readonly repository: string;
  readonly tag: string;
  /** Hash of what the image is made of. */
  readonly inputs: string;
  /** Folder for the OCI layout, absolute. */
  readonly layout: string;
}

/** Digests of an image. */
export interface ImageDigests {
  /** Digest of the index, `sha256:…`. */
  readonly digest: string;
  /** Digest of each platform's manifest. */
  readonly platforms: Readonly<Record<string, string>>;
}

/** What a container runtime has to know of an image. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A first build fetches the toolchain and compiles the standard library for each platform. */
const BUILD_SECONDS = 1200;
const PUSH_SECONDS = 600;
const READ_SECONDS = 60;

/** How the builder, and the go command, tell a mistake of the user from a failure. */
const MISTAKE = 2;

/** Node's names of processors that have another one in images. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64' };

/**
 * Builds an image into an OCI layout, which is replaced as a whole.
 *
 * @param folder the folder of the program, whose `.capstan` keeps the builder's binary
 * @throws CommandError with the compiler's words
 */
export async function buildImage(folder: string, image: ImageRequest): Promise<ImageDigests> {
  const { name, directory, repository, tag, inputs, layout } = image;
  const flags = { app: directory, name, repository, tag, out: layout, toolchain: GO_TOOLCHAIN };
  const labels = { title: name, revision: inputs };
  const options = Object.entries({ ...flags, ...labels, platform: PLATFORMS.join(',') });
  const args = ['build', '--json', ...options.map(([flag, value]) => `--${flag}=${value}`)];
  const built = JSON.parse((await runBuilder(folder, args, BUILD_SECONDS)).stdout) as BuilderResult;
  const platforms = built.platforms.map(({ platform, digest }) => [platform, digest] as const);
  return { digest: built.digest, platforms: Object.fromEntries(platforms) };
}

/** What the builder prints about a build, as far as it is read here. */
interface BuilderResult {
  readonly digest: string;
  readonly platforms: readonly { readonly platform: string; readonly digest: string }[];
}

/**
 * Sends an image to a registry.
 *
 * @param reference host/name:tag
 * @param insecure plain HTTP, to this machine only
 * @returns `reference@sha256:…`
 */
export async function pushImage(
  folder: string,
  layout: string,
  reference: string,
  insecure: boolean,
): Promise<string> {
  const args = ['push', '--json', ...(insecure ? ['--insecure'] : []), layout, reference];
  const pushed = JSON.parse((await runBuilder(folder, args, PUSH_SECONDS)).stdout) as { digest: string };
  return `${reference}@${pushed.digest}`;
}

/** Describes a layout, as text for a person or as JSON. */
export async function inspectImage(folder: string, layout: string, asJson: boolean): Promise<string> {
  const args = ['inspect', ...(asJson ? ['--json'] : []), layout];
  return (await runBuilder(folder, args, READ_SECONDS)).stdout.trimEnd();
}

/**
 * Lays out the files of an image for this machine's processor.
 *
 * @param rootfs a new folder
 */
export async function unpackImage(folder: string, layout: string, rootfs: string): Promise<ImageConfig> {
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  const args = ['unpack', `--platform=linux/${architecture}`, `--out=${rootfs}`, layout];
  const { config } = JSON.parse((await runBuilder(folder, args, READ_SECONDS)).stdout) as UnpackedConfig;
  const environment = (config.Env ?? []).map((entry) => {
    const at = entry.indexOf('=');
    return [entry.slice(0, at), entry.slice(at + 1)] as const;
  });
  return { entrypoint: config.Entrypoint ?? [], environment: Object.fromEntries(environment) };
}

/** The part of an image's configuration that is read here: see the OCI image specification. */
interface UnpackedConfig {
  readonly config: { readonly Entrypoint?: string[]; readonly Env?: string[] };
}

async function runBuilder(
  folder: string,
  args: readonly string[],
  timeoutSeconds: number,
): Promise<Completion> {
  const command = await compileBuilder(folder);
  const env = { GOTOOLCHAIN: GO_TOOLCHAIN };
  const ended = await runToEnd({ command, args, cwd: folder, env, timeoutSeconds, install: INSTALL_GO });
  if (ended.code === 0) return ended;
  const said = ended.stderr.trim().replace(/^image: /, '');
  throw new CommandError(said, ended.code === MISTAKE ? EXIT.usage : EXIT.failed);
}

/** Builders that this process has compiled, by their folder. */
const compiled = new Map<string, Promise<string>>();

function compileBuilder(folder: string): Promise<string> {
  const known = compiled.get(folder);
  if (known !== undefined) return known;
  const fresh = compileBuilderIn(folder);
  compiled.set(folder, fresh);
  fresh.catch(() => compiled.delete(folder));
  return fresh;
}

// Layers are compressed by the builder, so it is compiled by the pinned toolchain as well.
async function compileBuilderIn(folder: string): Promise<string> {
  const binary = join(folder, '.capstan', 'bin', process.platform === 'win32' ? 'image.exe' : 'image');
  const args = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-o', binary, '.'];
  await runGo(BUILDER_FOLDER, args, `Building the image builder with ${GO_TOOLCHAIN}`, {
    GOTOOLCHAIN: GO_TOOLCHAIN,
  });
  return binary;
}
