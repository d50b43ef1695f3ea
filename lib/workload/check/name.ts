import type { Problem } from '../../plan/problem';
import { NAME_MAX, NAME_PATTERN } from '../names';

/**
 * What is wrong with the id of a workload, which is the name of its objects.
 *
 * @param what the workload is, for messages
 * @param most length of the longest name
 */
export function checkName(name: string, what: 'worker' | 'service', most: number = NAME_MAX): Problem[] {
  if (NAME_PATTERN.test(name) && name.length <= most) return [];
  return [
    {
      prop: 'id',
      wanted: `must be a name of at most ${most} lower-case letters, digits and dashes that begins with a letter`,
      got: JSON.stringify(name),
      fix: `Rename the construct: its id is the name of the ${what}'s objects.`,
    },
  ];
}
