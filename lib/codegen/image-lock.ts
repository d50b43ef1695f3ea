import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isSystemError, messageOf } from '../command-error';
import type { GoAppRef } from '../go-app';
import type { ImageResolution } from '../image-resolver';
import type { Problem } from '../plan/problem';
import { writeAtomically } from '../synth/write-atomically';
import { appFolderProblem } from './app-folder';
import { withFileLock } from './file-lock';
import { hashImageInputs } from './image-inputs';

/** An image that was built, as the lock file keeps it. */
export interface LockedImage {
  /** Hash of what the image was made of, `sha256:…`. */
  readonly inputs: string;
  /** First 12 hexadecimal digits of {@link inputs}. */
  readonly tag: string;
  /** Digest of the image's index, `sha256:…`. */
  readonly digest: string;
  /** Digest of each platform's manifest, by platform such as `linux/amd64`. */
  readonly platforms: Readonly<Record<string, string>>;
}

/** The committed images by name of the app. */
export type ImageLock = Readonly<Record<string, LockedImage>>;

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG_LENGTH = 12;

/** Tag of an image with these inputs. */
export function imageTag(inputs: string): string {
  return inputs.slice('sha256:'.length, 'sha256:'.length + TAG_LENGTH);
}

/**
 * Reads a lock file; none yet is an empty lock.
 *
 * @throws SyntaxError when the file is not a lock file
 */
export function readImageLock(lockFile: string): ImageLock {
  let text: string;
  try {
    text = readFileSync(lockFile, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return {};
    throw error;
  }
  const lock: unknown = JSON.parse(text);
  if (!isImageLock(lock)) throw new SyntaxError('not every entry has inputs, tag, digest and platforms');
  return lock;
}

/** Puts one image into the lock file. Safe against other processes that do the same at the same time. */
export function lockImage(lockFile: string, name: string, image: LockedImage): void {
  withFileLock(`${lockFile}.lock`, () => {
    const entries = Object.entries({ ...readImageLock(lockFile), [name]: image });
    const sorted = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    writeAtomically(lockFile, `${JSON.stringify(sorted, undefined, 2)}\n`);
  });
}

/**
 * The image of an app as `repository:tag@sha256:…`, when the lock file has one that was built from the app as it
 * lies there now; otherwise what is wrong, with the command that renews it. Needs no Go; takes milliseconds.
 *
 * @param lockFile relative to the folder that the program runs in, like the app's folder
 */
export function resolveImage(app: GoAppRef, lockFile: string): ImageResolution {
  const found = findImage(app, lockFile);
  return 'tag' in found
    ? { reference: `${app.repository}:${found.tag}@${found.digest}` }
    : { problem: found };
}

function findImage(app: GoAppRef, lockFile: string): LockedImage | Problem {
  const command = `npx capstan image build ${app.name}`;
  const missing = (wanted: string, got: string, fix: string): Problem => ({ prop: 'app', wanted, got, fix });
  const noApp = appFolderProblem(app, { next: command });
  if (noApp !== undefined) return noApp;
  let locked: LockedImage | undefined;
  try {
    locked = readImageLock(lockFile)[app.name];
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'syscall' in error) {
      const fix = 'Name a file that can be read (lockFile of CapstanApp), or remove what lies there.';
      return missing(`must be in ${lockFile}`, `no file that can be read (${messageOf(error)})`, fix);
    }
    if (!(error instanceof SyntaxError)) throw error;
    const fix = `Restore the file, or remove it and run \`npx capstan image build\`.`;
    return missing(`must be in ${lockFile}`, `a file that cannot be read (${error.message})`, fix);
  }
  if (locked === undefined) {
    return missing(
      `must have an image in ${lockFile}`,
      'none',
      `Run \`${command}\` and commit ${basename(lockFile)}.`,
    );
  }
  const inputs = hashImageInputs(app);
  return inputs === locked.inputs
    ? locked
    : missing(
        `must have an image in ${lockFile} that is built from its sources as they are`,
        `one of other inputs (${locked.tag}, now ${imageTag(inputs)})`,
        `Run \`${command}\` and commit ${basename(lockFile)}.`,
      );
}

function isImageLock(value: unknown): value is ImageLock {
  return isRecord(value) && Object.values(value).every(isLockedImage);
}

function isLockedImage(value: unknown): value is LockedImage {
  if (!isRecord(value) || !isRecord(value.platforms)) return false;
  const { inputs, tag, digest } = value;
  const digests = [inputs, digest, ...Object.values(value.platforms)];
  return (
    digests.every((one) => typeof one === 'string' && DIGEST.test(one)) && tag === imageTag(String(inputs))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
