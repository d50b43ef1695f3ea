import { EXIT, type ExitCode, isSystemError, messageOf } from '../command-error';
import { showPlainlyWhenUncaught } from '../uncaught';
import { LIST_FILE } from './file-list';

/** Answers of the system that say that the folder is the wrong one, not that the machine failed. */
const WRONG_FOLDER = ['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'];

/**
 * Manifests could not be written. A program that does not catch it shows its message alone, and ends with exit code 2
 * when another folder is what helps, and with 1 otherwise, such as for a full disk.
 */
export class ManifestWriteError extends Error {
  override readonly name = 'ManifestWriteError';

  private constructor(message: string, exitCode: ExitCode, cause?: unknown) {
    super(message, { cause });
    showPlainlyWhenUncaught(this, exitCode);
  }

  /** Files that Capstan did not write have the names of manifests. */
  static foreign(paths: readonly string[]): ManifestWriteError {
    return new ManifestWriteError(
      `${paths.join(', ')}: must be on Capstan's list of its files (${LIST_FILE}), got another's file. ` +
        'Move or remove it, or write into another folder.',
      EXIT.usage,
    );
  }

  /** Something that is no file has the name of a manifest. */
  static noFile(path: string): ManifestWriteError {
    return new ManifestWriteError(
      `${path}: must be free for a manifest, got a folder. Move or remove it, or write into another folder.`,
      EXIT.usage,
    );
  }

  /**
   * Runs what writes into a folder.
   *
   * @throws ManifestWriteError in place of what the system refuses; other errors as they are
   */
  static during(folder: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Error) || !('syscall' in error)) throw error;
      throw ManifestWriteError.refused(folder, error);
    }
  }

  private static refused(folder: string, error: Error): ManifestWriteError {
    if (WRONG_FOLDER.some((code) => isSystemError(error, code))) {
      const advice = 'Make it one, or write into another folder.';
      return new ManifestWriteError(
        `${folder}: must be a folder that can be written, got ${messageOf(error)}. ${advice}`,
        EXIT.usage,
        error,
      );
    }
    const advice = isSystemError(error, 'ENOSPC') ? ' Make room and run it again.' : '';
    return new ManifestWriteError(
      `${folder}: cannot be written: ${messageOf(error)}.${advice}`,
      EXIT.failed,
      error,
    );
  }
}
