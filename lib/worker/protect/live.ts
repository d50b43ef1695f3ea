import { ConfigMap, type IConfigMap, Volume, type VolumeMount } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { configurationText } from '../../workload/configuration';
import { LIVE_FOLDER, LIVE_VOLUME } from '../../workload/names';
import { liveContract } from './contract';
import type { WorkerLiveSettings } from './props';

const LIVE_KEY = 'live.json';

/** The file as the pods see it. */
export const LIVE_FILE = `${LIVE_FOLDER}/${LIVE_KEY}`;

/**
 * The volume with the settings that change under running pods. Nothing in the pods follows from what is in it, so that a
 * change rolls none.
 */
export function liveMounts(
  scope: Construct,
  { name, labels }: { readonly name: string; readonly labels: Record<string, string> },
  live: WorkerLiveSettings | undefined,
): VolumeMount[] {
  if (live === undefined) return [];
  const config = new ConfigMap(scope, 'Live', {
    metadata: { name: `${name}-live`, labels },
    data: { [LIVE_KEY]: configurationText(liveContract(live)) },
  });
  const volume = Volume.fromConfigMap(scope, 'LiveVolume', config as IConfigMap, { name: LIVE_VOLUME });
  return [{ path: LIVE_FOLDER, readOnly: true, volume }];
}
