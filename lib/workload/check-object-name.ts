import type { Problem } from '../plan/problem';

const NAME_MAX = 253;

/** A DNS subdomain (RFC 1123), as most objects are named. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What is wrong with the name of an object. */
export function checkObjectName(name: string): Problem[] {
  if (NAME.test(name) && name.length <= NAME_MAX) return [];
  return [
    {
      prop: 'name',
      wanted: `must be a name of at most ${NAME_MAX} lower-case letters, digits, dashes and dots`,
      got: JSON.stringify(name),
      fix: 'Rename the construct, or give a name.',
    },
  ];
}
