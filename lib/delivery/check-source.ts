import type { Problem } from '../plan/problem';

/** git's own short form: `git@git.example.com:studio.git`. */
const SHORT_URL = /^[\w.-]+@[\w.-]+:[^\s]+$/;

const PROTOCOLS = ['https:', 'http:', 'ssh:', 'git:', 'file:'];

/** What is wrong with the URL of a repository. */
export function checkRepository(prop: string, url: string): Problem[] {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.password) {
    // What it is must not be repeated in a log.
    return [
      {
        prop,
        wanted: 'must hold no password: manifests are public to all who read the cluster',
        got: `one of the user ${parsed.username}`,
        fix: 'Give it to Argo CD as a Secret with the label argocd.argoproj.io/secret-type: repository.',
      },
    ];
  }
  if (SHORT_URL.test(url) || (parsed !== undefined && PROTOCOLS.includes(parsed.protocol))) return [];
  return [
    {
      prop,
      wanted: 'must be a URL https://, ssh:// or file://, or git@HOST:PATH',
      got: JSON.stringify(url),
      fix: 'Write what git clone takes.',
    },
  ];
}

/**
 * What is wrong with the path of a folder in a repository.
 *
 * @param example what a right one looks like
 */
export function checkPath(prop: string, path: string, example: string): Problem[] {
  const parts = path.split('/');
  const isInside = path !== '' && !path.startsWith('/') && !parts.includes('..') && !parts.includes('');
  if (isInside && path === path.trim()) return [];
  return [
    {
      prop,
      wanted: 'must be a folder in the repository, relative to its root',
      got: JSON.stringify(path),
      fix: `Write it as git lists it, such as ${example}.`,
    },
  ];
}

/** What is wrong with a branch, tag or commit. */
export function checkRevision(prop: string, revision: string | undefined): Problem[] {
  if (revision === undefined || /^[^\s~^:?*[\\]+$/.test(revision)) return [];
  return [
    {
      prop,
      wanted: 'must be a branch, tag or commit',
      got: JSON.stringify(revision),
      fix: 'Name one, or leave it out for the newest commit of the default branch.',
    },
  ];
}

/** What is wrong with a text that must not be empty. */
export function checkText(prop: string, text: string | undefined, fix: string): Problem[] {
  if (text === undefined || text.trim() !== '') return [];
  return [{ prop, wanted: 'must not be empty', got: JSON.stringify(text), fix }];
}
