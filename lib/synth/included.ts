import { lstatSync, readFileSync } from 'node:fs';
import { type ApiObject, Yaml } from 'cdk8s';
import { type Document, parseAllDocuments } from 'yaml';
import { SpecError, type TreeProblem } from '../spec-error';

/** Mistakes of the text that an object was read from, which cdk8s does not look at: by what cdk8s made of it. */
const mistakes = new WeakMap<object, readonly string[]>();

/** The line of a stack by which `Include` asks for documents, with source maps or without. */
const INCLUDE = /[\\/]cdk8s[\\/](?:lib|src)[\\/]include\.[jt]s/;

let isWatched = false;

/**
 * Makes what is wrong with a file that cdk8s' `Include` reads one line instead of a trace, and remembers what its parser
 * finds and cdk8s passes over, such as a key that is there twice. What is read stays the same.
 */
export function watchIncludes(): void {
  if (isWatched) return;
  isWatched = true;
  const load = Yaml.load.bind(Yaml);
  Yaml.load = (url: string) => {
    const isInclude = INCLUDE.test(new Error().stack ?? '');
    const entry = lstatSync(url, { throwIfNoEntry: false });
    if (!entry?.isFile()) {
      const got = entry === undefined ? 'none' : entry.isSymbolicLink() ? 'a link' : 'a folder';
      const isUrl = entry === undefined && /^https?:\/\//.test(url);
      // Of a link and of a folder cdk8s reads nothing, without a word.
      if (isInclude && !isUrl) refuse(url, 'be a file that is there, or a URL', got);
      return load(url);
    }
    const objects = load(url);
    if (isInclude) refuseOddities(url, objects);
    noteMistakes(url, objects);
    return objects;
  };
}

/** A problem for each mistake in the text that an object was included from. */
export function includeProblems(object: ApiObject): TreeProblem[] {
  const { props } = object as unknown as { props: object };
  return (mistakes.get(props) ?? []).map((message) => ({ path: object.node.path, message }));
}

function refuseOddities(url: string, objects: readonly unknown[]): void {
  const names = new Set<string>();
  for (const object of objects) {
    if (!isRecord(object) || typeof object.apiVersion !== 'string' || typeof object.kind !== 'string') {
      const got = Array.isArray(object)
        ? 'a list'
        : isRecord(object)
          ? 'one without'
          : JSON.stringify(object);
      refuse(url, 'hold objects with apiVersion and kind', got);
    }
    const { kind, metadata } = object;
    const { name, namespace } = isRecord(metadata) ? metadata : {};
    const called = [kind, name, ...(namespace === undefined ? [] : ['in', namespace])].join(' ');
    if (name !== undefined && names.has(called)) refuse(url, 'hold an object once', `${called} twice`);
    names.add(called);
  }
}

function refuse(url: string, wanted: string, got: string): never {
  const message = `Include of ${url} must ${wanted}, got ${got}. Correct the file, or name another.`;
  throw new SpecError([{ path: '', message }]);
}

function noteMistakes(url: string, objects: readonly unknown[]): void {
  const documents = parseAllDocuments(readFileSync(url, 'utf8'), { version: '1.1' });
  const wrong = documents.filter((it): it is Document.Parsed => it.errors.length > 0);
  const full = documents.filter((it) => !isEmpty(it.toJSON()));
  for (const it of wrong) {
    const object = objects[full.indexOf(it)];
    if (!isRecord(object)) continue;
    const [first = '', ...others] = it.errors.map(({ message }) => message.split('\n')[0]?.replace(/:$/, ''));
    const rest = others.length === 0 ? '' : ` (and ${others.length} more)`;
    mistakes.set(object, [
      `${url} must be YAML that says one thing, got "${first}"${rest}. Correct the file.`,
    ]);
  }
}

/** What cdk8s leaves out. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
