import type { JsonObject } from '../../json-value';
import { stringifyYaml } from '../stringify-yaml';

/** Between documents; what is inside of a text is indented. */
const BETWEEN = /^---$/m;

/** The documents of a file, as texts. */
function partsOf(file: string): string[] {
  return file.split(BETWEEN).map((part) => part.trim());
}

/** What a set of files goes on having, to the byte. */
export class UnchangedParts {
  private parts: Set<string> | undefined;

  /**
   * @param files texts of what is to be written, by path
   * @param before texts of those that are to change or go, empty for those that are to come
   */
  constructor(
    private readonly files: ReadonlyMap<string, string>,
    private readonly before: ReadonlyMap<string, string>,
  ) {}

  /** The text of a file before, less the documents that it goes on having. */
  changedIn(path: string): string {
    const kept = new Set(partsOf(this.files.get(path) ?? ''));
    const parts = partsOf(this.before.get(path) ?? '');
    return parts.filter((part) => !kept.has(part)).join('\n---\n');
  }

  /** Whether a document was there before as it is now. */
  has(document: JsonObject): boolean {
    this.parts ??= new Set([...this.files].flatMap(([path, text]) => partsOf(this.before.get(path) ?? text)));
    return this.parts.has(stringifyYaml([document]).trim());
  }
}
