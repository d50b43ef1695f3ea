import { isIP } from 'node:net';
import type { Walk } from '../walk';

/** What text has to look like: a pattern, a length, and how to say so. */
export interface Form {
  readonly takes: (text: string) => boolean;
  /** What it is, with its article. */
  readonly noun: string;
  readonly fix?: string;
}

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const PORT = /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

/** Forms of names and other text that an API server asks for. */
export const FORMS = {
  label: {
    takes: (text) => text.length <= 63 && LABEL.test(text),
    noun: 'at most 63 lower-case letters, digits and dashes with a letter or digit at both ends',
  },
  service: {
    takes: (text) => text.length <= 63 && SERVICE.test(text),
    noun: 'at most 63 lower-case letters, digits and dashes that begin with a letter and end with a letter or digit',
  },
  subdomain: {
    takes: isSubdomain,
    noun: 'at most 253 lower-case letters, digits, dashes and dots with a letter or digit at both ends of each part',
  },
  qualifiedName: {
    takes: isQualifiedName,
    noun: 'a name of at most 63 letters, digits, dashes, underscores and dots, maybe with a domain and a slash before it',
  },
  labelValue: {
    takes: (text) => text === '' || (text.length <= 63 && QUALIFIED.test(text)),
    noun: 'at most 63 letters, digits, dashes, underscores and dots with a letter or digit at both ends',
  },
  portName: {
    takes: (text) => text.length <= 15 && PORT.test(text),
    noun: 'at most 15 lower-case letters, digits and single dashes, with one letter at least',
  },
  configKey: {
    takes: (text) =>
      text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== '.' && !text.startsWith('..'),
    noun: 'at most 253 letters, digits, dashes, underscores and dots that do not begin with two dots',
  },
  envName: {
    takes: (text) => /^[ -<>-~]+$/.test(text),
    noun: 'printable ASCII letters without an equals sign',
  },
  pathSegment: {
    takes: (text) => text !== '' && text !== '.' && text !== '..' && !/[/%]/.test(text),
    noun: 'a part of a URL, without slash and percent sign',
  },
  host: {
    takes: (text) =>
      isIP(text) === 0 && (isSubdomain(text) || (text.startsWith('*.') && isSubdomain(text.slice(2)))),
    noun: 'a host name in lower case, maybe with *. before it',
  },
} as const satisfies Readonly<Record<string, Form>>;

function isSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

function isQualifiedName(text: string): boolean {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  return name.length <= 63 && QUALIFIED.test(name) && (slash < 0 || isSubdomain(text.slice(0, slash)));
}

/** Adds a problem unless text has a form. */
export function checkForm(
  walk: Walk,
  text: string,
  form: Form,
  ...below: readonly (string | number)[]
): void {
  if (form.takes(text)) return;
  walk.add(
    'name',
    { wanted: `must be ${form.noun}`, got: walk.show(text), fix: form.fix ?? 'Rename it.' },
    ...below,
  );
}
