import type { Problem } from '../../plan/problem';
import { ACCESS_VARIABLES } from '../../workload/client-access';
import { memberText } from '../../workload/value-text';
import { VARIABLE_PATTERN } from '../../workload/variable-name';
import type { WorkerProps } from '../props';

/**
 * What is wrong with the program's variables.
 *
 * @param environment variables that Capstan sets
 */
export function checkEnvironment(
  { env }: WorkerProps,
  environment: Readonly<Record<string, string>>,
): Problem[] {
  return Object.keys(env ?? {}).flatMap((variable) => {
    const prop = memberText('env', variable);
    if (!VARIABLE_PATTERN.test(variable)) {
      return {
        prop,
        wanted: 'must be a name of letters, digits, _, - and . that begins with no digit',
        got: JSON.stringify(variable),
        fix: 'Rename the variable: Kubernetes refuses the pods.',
      };
    }
    if (Object.values<string>(ACCESS_VARIABLES).includes(variable)) {
      return {
        prop,
        wanted: 'must be left to Capstan, which gives it to the worker to show to its broker',
        got: 'a value of the program',
        fix: 'Rename the variable, or say it in source.credentials.',
      };
    }
    if (!Object.hasOwn(environment, variable)) return [];
    return {
      prop,
      wanted: 'must be left to the plan',
      got: 'a value of the program',
      fix: 'Leave it out and say what it follows from instead: resources, or concurrency.',
    };
  });
}
