import type { WorkerContract } from '../../contract/zz_worker.gen';
import type { Problem } from '../../plan/problem';
import { checkConfigurationSize, checkFolders, checkSettings } from '../../workload/check/configuration';
import { configurationText } from '../../workload/configuration';
import type { WorkerProps } from '../props';

/** What is wrong with what the program puts into the configuration file: folders, settings, and its size. */
export function checkConfiguration(props: WorkerProps, contract: WorkerContract): Problem[] {
  return [...checkFolders(props.folders), ...checkSettings(props.settings), ...checkSize(contract)];
}

function checkSize(contract: WorkerContract): Problem[] {
  const text = configurationText(contract);
  const { source, settings } = contract;
  const ofSeeds = JSON.stringify(source.memory?.seeds ?? []).length;
  const ofSettings = JSON.stringify(settings ?? {}).length;
  if (ofSeeds <= ofSettings) return checkConfigurationSize(text);
  const fix = 'Give fewer or smaller seeds, and push the rest over HTTP.';
  return checkConfigurationSize(text, { prop: 'source.seeds', fix });
}
