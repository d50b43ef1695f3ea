import { Yaml } from 'cdk8s';
import type { JsonObject } from '../json-value';
import { isReadOtherwise, quoted } from './kubectl-reading';

/** Texts that stand for themselves: none is a number, date or other value of YAML 1.1, and nothing in it ends it. */
const PLAIN = /^[A-Za-z](?:[\w./:@-]{0,254}[\w./@-])?$/;
const WORD = /^(?:y|yes|n|no|true|false|on|off|null|e-?\d+)$/i;

/** Readers look for the end of a key in quotes within 1,024 characters, unless it is marked as one. */
const LONGEST_KEY = 1000;

/** How many texts are remembered that cdk8s has stringified. */
const REMEMBERED = 20_000;

/**
 * Documents as YAML, byte for byte as cdk8s' `Yaml.stringify` writes them, in a tenth of its time: it makes a tree of
 * nodes of each document first. Here only texts that may need quotes go through it, and documents that hold anything
 * but plain data.
 */
export function stringifyYaml(documents: readonly JsonObject[]): string {
  return documents.map(stringifyDocument).join('---\n');
}

/** A document is left to cdk8s. */
class NotPlain extends Error {}

function stringifyDocument(document: JsonObject): string {
  try {
    if (!isCollection(document)) throw new NotPlain();
    return `${collection(document, '', new Set())}\n`;
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    return Yaml.stringify(document);
  }
}

/** @param seen collections so far: one that is there twice is written as an alias */
function collection(value: object, indent: string, seen: Set<object>): string {
  if (seen.size === seen.add(value).size) throw new NotPlain();
  return Array.isArray(value) ? list(value, indent, seen) : record(value, indent, seen);
}

function list(values: readonly unknown[], indent: string, seen: Set<object>): string {
  const inner = `${indent}  `;
  let text = '';
  for (const value of values) {
    const element = isCollection(value) ? collection(value, inner, seen) : scalar(value, inner);
    text += text === '' ? `- ${element}` : `\n${indent}- ${element}`;
  }
  return text === '' ? '[]' : text;
}

function record(value: object, indent: string, seen: Set<object>): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NotPlain();
  const inner = `${indent}  `;
  let text = '';
  for (const [key, field] of Object.entries(value)) {
    text += `${text === '' ? '' : `\n${indent}`}${keyText(key, indent)}:`;
    text += isCollection(field) ? below(collection(field, inner, seen), inner) : ` ${scalar(field, inner)}`;
  }
  return text === '' ? '{}' : text;
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function below(text: string, indent: string): string {
  return text === '{}' || text === '[]' ? ` ${text}` : `\n${indent}${text}`;
}

function scalar(value: unknown, indent: string): string {
  switch (typeof value) {
    case 'string':
      return isPlain(value) ? value : odd(value, indent);
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : odd(value, indent);
    case 'boolean':
      return String(value);
    default:
      if (value !== null && value !== undefined) throw new NotPlain();
      return 'null';
  }
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !WORD.test(text);
}

const scalars = new Map<string | number, string>();
const keys = new Map<string, string>();
const topKeys = new Map<string, string>();

/** A scalar as cdk8s writes it, unless kubectl reads that as something else; the lines after its first are indented. */
function odd(value: string | number, indent: string): string {
  const text = remembered(scalars, value, () => {
    const stock = Yaml.stringify([value]).slice('- '.length, -1);
    return typeof value === 'string' && isReadOtherwise(stock) ? quoted(value) : stock;
  });
  // They are so already by two, as those of a list at the top.
  return text.includes('\n') ? text.replace(/\n(?=[^\n])/g, `\n${indent.slice(2)}`) : text;
}

/** What stands before the colon: `? ` marks a key too long for readers to look for its end. */
function keyText(key: string, indent: string): string {
  if (isPlain(key)) return key;
  const text = remembered(indent === '' ? topKeys : keys, key, () => oddKey(key, indent === ''));
  return text.startsWith('? ') ? `${text}\n${indent}` : text;
}

/** A key as cdk8s writes it, at the top or below it, unless kubectl reads that as something else. */
function oddKey(key: string, isTop: boolean): string {
  const entry = isTop
    ? Yaml.stringify({ [key]: 0 })
    : Yaml.stringify({ a: { [key]: 0 } }).slice('a:\n  '.length);
  const [, mark = '', stock] = /^(\? )?([^\n]*)(?:(?<=^\? [^\n]*)\n *)?: 0\n$/.exec(entry) ?? [];
  if (stock === undefined) throw new NotPlain();
  if (!isReadOtherwise(stock)) return `${mark}${stock}`;
  const text = quoted(key);
  return text.length > LONGEST_KEY ? `? ${text}` : text;
}

function remembered<K>(known: Map<K, string>, key: K, make: () => string): string {
  const text = known.get(key) ?? make();
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, text);
  return text;
}
