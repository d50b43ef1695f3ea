import type { WorkerContract } from '../../contract/zz_worker.gen';
import type { Problem } from '../../plan/problem';
import { checkConfigurationSize, checkFolders, checkSettings } from '../../workload/check/configuration';
import { configurationText } from '../../workload/configuration';
import type { TaskPodProps } from '../task-pod-props';

/**
 * What is wrong with what the program puts into the configuration files: folders, settings, and their size.
 *
 * @param contracts what stands in the files
 */
export function checkConfiguration(props: TaskPodProps, contracts: readonly WorkerContract[]): Problem[] {
  return [...checkFolders(props.folders), ...checkSettings(props.settings), ...checkSize(contracts)];
}

function checkSize(contracts: readonly WorkerContract[]): Problem[] {
  const text = contracts.map(configurationText).join('');
  const length = (of: (contract: WorkerContract) => unknown) =>
    contracts.reduce((sum, contract) => sum + (JSON.stringify(of(contract))?.length ?? 0), 0);
  const ofSeeds = length(({ source }) => source.memory?.seeds);
  if (ofSeeds <= length(({ settings }) => settings)) return checkConfigurationSize(text);
  const fix = 'Give fewer or smaller seeds, and push the rest over HTTP.';
  return checkConfigurationSize(text, { prop: 'source.seeds', fix });
}
