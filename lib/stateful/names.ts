/**
 * Longest name: the controller labels pods with NAME, a dash and up to 10 characters that tell revisions apart, and a
 * label has at most 63.
 */
export const STATEFUL_NAME_MAX = 52;

/** Name of the headless Service, which gives each member a name in DNS. */
export function headlessName(name: string): string {
  return `${name}-headless`;
}

/** Name of the server's container. */
export const SERVER = 'server';
