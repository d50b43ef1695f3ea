import type { EnvValue } from 'cdk8s-plus-27';
import type { Problem } from '../../plan/problem';
import { ACCESS_VARIABLES } from '../client-access';
import { memberText } from '../value-text';
import { VARIABLE_PATTERN } from '../variable-name';

/** Variables of a Capstan runtime's container. */
export interface RuntimeVariables {
  /** Those of the program. */
  readonly env: Readonly<Record<string, EnvValue>> | undefined;
  /** Those that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The property that says who the pods are to a broker. */
  readonly credentials: string;
}

/** Set by Capstan, or left out on purpose where Go reads the limit itself. */
const RUNTIME = ['CAPSTAN_CONFIG', 'GOMAXPROCS', 'GOMEMLIMIT'];

/** What is wrong with the program's variables. */
export function checkVariables({ env, environment, credentials }: RuntimeVariables): Problem[] {
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
        wanted: 'must be left to Capstan, which gives it to the pods to show to their broker',
        got: 'a value of the program',
        fix: `Rename the variable, or say it in ${credentials}.`,
      };
    }
    if (!RUNTIME.includes(variable) && !Object.hasOwn(environment, variable)) return [];
    return {
      prop,
      wanted: 'must be left to the plan',
      got: 'a value of the program',
      fix: 'Leave it out and say what it follows from instead: resources, or concurrency.',
    };
  });
}
