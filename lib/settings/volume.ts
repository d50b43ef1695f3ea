import type { ConfigMap, k8s, SecretValue, Volume } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { projectedVolume } from '../workload/projected-volume';

/** What the volume of settings is made from. */
export interface SettingsVolumeInput {
  readonly id: string;
  /** Name of the volume in the pod. */
  readonly name: string;
  readonly configMap: ConfigMap | undefined;
  readonly secrets: Readonly<Record<string, SecretValue>>;
  /** Keys that become files; `undefined`: all. */
  readonly keys: readonly string[] | undefined;
}

/** A folder with texts and Secrets beside each other. */
export function settingsVolume(scope: Construct, input: SettingsVolumeInput): Volume {
  const { id, name, configMap, secrets, keys } = input;
  const isChosen = (key: string) => keys?.includes(key) ?? true;
  const own = keys?.filter((key) => !Object.hasOwn(secrets, key));
  const sources: k8s.VolumeProjection[] = [];
  if (configMap !== undefined && own?.length !== 0) {
    const items = own?.map((key) => ({ key, path: key }));
    sources.push({ configMap: { name: configMap.name, ...(items !== undefined && { items }) } });
  }
  for (const [path, { secret, key }] of Object.entries(secrets)) {
    if (isChosen(path)) sources.push({ secret: { name: secret.name, items: [{ key, path }] } });
  }
  return projectedVolume(scope, id, name, sources);
}
