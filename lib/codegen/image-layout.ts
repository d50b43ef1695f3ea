import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The annotation that containerd reads an image's full name from. */
const FULL_NAME = 'io.containerd.image.name';

/** A reference from one part of a layout to another: see the descriptor of the OCI image specification. */
interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What an index or a manifest refers to. */
interface References {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

/** Media types of documents that refer to other blobs. */
const INDEX_OR_MANIFEST = /\.(index|manifest)\.v1\+json$/;

/**
 * Whether an OCI layout holds this image under this name, whole: every blob of it is there and has the size and the
 * digest that it is referred to by. Reads the image once.
 *
 * @param fullName `repository:tag`
 */
export function holdsImage(layout: string, digest: string, fullName: string): boolean {
  const index = parse(readIfThere(join(layout, 'index.json')));
  const image = index?.manifests?.find((it) => it.digest === digest);
  return image?.annotations?.[FULL_NAME] === fullName && isWhole(layout, image);
}

function isWhole(layout: string, descriptor: Descriptor): boolean {
  const [algorithm, hex] = descriptor.digest.split(':');
  if (algorithm !== 'sha256' || hex === undefined) return false;
  const blob = readIfThere(join(layout, 'blobs', algorithm, hex));
  if (blob?.length !== descriptor.size) return false;
  if (createHash('sha256').update(blob).digest('hex') !== hex) return false;
  if (!INDEX_OR_MANIFEST.test(descriptor.mediaType ?? '')) return true;
  const { manifests = [], config, layers = [] } = parse(blob) ?? {};
  const references = [...manifests, ...(config === undefined ? [] : [config]), ...layers];
  return references.every((reference) => isWhole(layout, reference));
}

function readIfThere(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** A document of a layout; `undefined` for one that is damaged. */
function parse(text: Buffer | undefined): References | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.toString('utf8')) as References;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
