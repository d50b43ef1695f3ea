import { posix } from 'node:path';
import type { WorkerContract } from '../../contract/zz_worker.gen';
import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { CONFIG_MAP_BYTES } from '../../workload/config-map-size';
import { memberText, valueText } from '../../workload/value-text';
import { contractText } from '../contract';
import type { WorkerProps } from '../props';

/** What is wrong with what the program puts into the configuration file: folders, settings, and its size. */
export function checkConfiguration(props: WorkerProps, contract: WorkerContract): Problem[] {
  return [...checkFolders(props), ...checkSettings(props), ...checkSize(contract)];
}

function checkFolders({ folders }: WorkerProps): Problem[] {
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

function checkSettings({ settings }: WorkerProps): Problem[] {
  return Object.entries(settings ?? {}).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === 'string') return [];
    return {
      prop: memberText('settings', key),
      wanted: 'must be a text',
      got: valueText(value),
      fix: 'Write it as a text, such as String(3), which the handler parses.',
    };
  });
}

function checkSize(contract: WorkerContract): Problem[] {
  const size = Buffer.byteLength(contractText(contract));
  if (size <= CONFIG_MAP_BYTES) return [];
  const { source, settings } = contract;
  const ofSeeds = JSON.stringify(source.memory?.seeds ?? []).length;
  const ofSettings = JSON.stringify(settings ?? {}).length;
  return [
    {
      prop: ofSeeds > ofSettings ? 'source.seeds' : 'settings',
      wanted: `must leave the configuration file at ${formatNumber(CONFIG_MAP_BYTES)} B (all that a ConfigMap holds) or less`,
      got: `${formatNumber(size)} B`,
      fix:
        ofSeeds > ofSettings
          ? 'Give fewer or smaller seeds, and push the rest over HTTP.'
          : 'Put large values into a volume, and name their files in the settings.',
    },
  ];
}
