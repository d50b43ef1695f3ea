import { posix } from 'node:path';
import type { Problem } from '../plan/problem';
import { memberText, valueText } from '../workload/value-text';
import { VARIABLE_PATTERN } from '../workload/variable-name';
import type { Settings } from './settings';

/**
 * What is wrong with the variables that settings become.
 *
 * @param chosen keys by variables
 */
export function checkVariables(settings: Settings, chosen: Readonly<Record<string, string>>): Problem[] {
  if (settings.reload === 'live') return [liveVariables(chosen)];
  return Object.entries(chosen).flatMap(([variable, key]) => {
    const prop = memberText('env', variable);
    if (!VARIABLE_PATTERN.test(variable)) {
      return {
        prop,
        wanted: 'must be a name of letters, digits, _, - and . that begins with no digit',
        got: JSON.stringify(variable),
        fix: 'Name the variables: { LOG_LEVEL: KEY }.',
      };
    }
    return checkKey(settings, prop, key) ?? checkText(settings, prop, key) ?? [];
  });
}

/** What is wrong with a folder that settings become. */
export function checkMount(settings: Settings, path: string, keys: readonly string[] | undefined): Problem[] {
  const problems = (keys ?? []).flatMap((key) => checkKey(settings, `mount of ${path}`, key) ?? []);
  if (posix.isAbsolute(path) && posix.normalize(path) !== '/' && !path.includes(':')) return problems;
  return [
    {
      prop: 'path',
      wanted: 'must be an absolute path below / without a colon',
      got: valueText(path),
      fix: 'Name the folder of the container from / on, such as /etc/limits.',
    },
    ...problems,
  ];
}

function liveVariables(chosen: Readonly<Record<string, string>>): Problem {
  return {
    prop: 'env',
    wanted: "must not be asked for with reload: 'live', since variables never change in a running pod",
    got: Object.keys(chosen).join(', '),
    fix: "Mount the settings, or make them with reload: 'restart'.",
  };
}

function checkKey({ keys }: Settings, prop: string, key: string): Problem | undefined {
  if (keys.includes(key)) return undefined;
  return {
    prop,
    wanted: `must be a key of the settings (${keys.join(', ')})`,
    got: valueText(key),
    fix: 'Correct the key, or add it to data or secrets.',
  };
}

function checkText({ configMap }: Settings, prop: string, key: string): Problem | undefined {
  if (!Object.hasOwn(configMap?.binaryData ?? {}, key)) return undefined;
  return {
    prop,
    wanted: 'must be a text, since no variable can hold bytes',
    got: `${key} of binaryData`,
    fix: 'Mount it instead.',
  };
}
