import { Size } from 'cdk8s';
import { type IConfigMap, Volume, type VolumeMount } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { CONFIG_FOLDER, CONFIG_VOLUME, SCRATCH_FOLDER, SCRATCH_VOLUME } from './names';

/** The folders of every Capstan runtime: its configuration, and /tmp of a bounded size. */
export function runtimeVolumes(scope: Construct, config: IConfigMap, scratchBytes: number): VolumeMount[] {
  return [
    {
      path: CONFIG_FOLDER,
      readOnly: true,
      volume: Volume.fromConfigMap(scope, 'ConfigVolume', config, { name: CONFIG_VOLUME }),
    },
    scratchVolume(scope, scratchBytes),
  ];
}

/** The folder /tmp of a bounded size, which may be written to. */
export function scratchVolume(scope: Construct, scratchBytes: number): VolumeMount {
  const sizeLimit = Size.mebibytes(Math.ceil(scratchBytes / 2 ** 20));
  return {
    path: SCRATCH_FOLDER,
    volume: Volume.fromEmptyDir(scope, 'ScratchVolume', SCRATCH_VOLUME, { sizeLimit }),
  };
}
