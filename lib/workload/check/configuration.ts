import { posix } from 'node:path';
import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { CONFIG_MAP_BYTES } from '../config-map-size';
import { memberText, valueText } from '../value-text';

/** Where handlers read and write files. */
interface Folders {
  readonly input?: string;
  readonly output?: string;
}

/** What is wrong with the folders of a runtime's handlers. */
export function checkFolders(folders: Folders | undefined): Problem[] {
  return (['input', 'output'] as const).flatMap((which) => {
    const folder: unknown = folders?.[which];
    if (folder === undefined || (typeof folder === 'string' && posix.isAbsolute(folder))) return [];
    return {
      prop: `folders.${which}`,
      wanted: 'must be an absolute path',
      got: valueText(folder),
      fix: 'Name a folder of the container from / on, on one of the volumes or in /tmp.',
    };
  });
}

/** What is wrong with the handlers' own settings. */
export function checkSettings(settings: Readonly<Record<string, unknown>> | undefined): Problem[] {
  return Object.entries(settings ?? {}).flatMap(([key, value]) => {
    if (typeof value === 'string') return [];
    return {
      prop: memberText('settings', key),
      wanted: 'must be a text',
      got: valueText(value),
      fix: 'Write it as a text, such as String(3), which the handler parses.',
    };
  });
}

/**
 * What is wrong with the size of a configuration file.
 *
 * @param largest what takes most of it, and what to do about it
 */
export function checkConfigurationSize(
  text: string,
  largest: Pick<Problem, 'prop' | 'fix'> = {
    prop: 'settings',
    fix: 'Put large values into a volume, and name their files in the settings.',
  },
): Problem[] {
  const size = Buffer.byteLength(text);
  if (size <= CONFIG_MAP_BYTES) return [];
  return [
    {
      ...largest,
      wanted: `must leave the configuration file at ${formatNumber(CONFIG_MAP_BYTES)} B (all that a ConfigMap holds) or less`,
      got: `${formatNumber(size)} B`,
    },
  ];
}
