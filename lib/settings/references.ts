import { type Fields, fieldsOf, objectsOf, within } from '../plan/fields';
import { containersOf, podOfDocument } from '../workload/pod-of-document';

/** How a pod uses a ConfigMap. */
export interface ConfigMapUse {
  /** Name of the ConfigMap. */
  readonly name: string;
  /** `env`: as variables; `file`: as single files, which never change; `folder`: as a mounted folder. */
  readonly as: 'env' | 'file' | 'folder';
  /** What uses it, as a message names it: `variable LEVEL of container web`. */
  readonly by: string;
}

/** Every use of a ConfigMap in the pods of a document; none when it makes no pods. */
export function configMapUses(document: Fields): ConfigMapUse[] {
  const pod = podOfDocument(document);
  if (pod === undefined) return [];
  const containers = containersOf(pod);
  return [
    ...containers.flatMap(usesAsVariables),
    ...objectsOf(pod.volumes).flatMap((volume) => usesOfVolume(volume, containers)),
  ];
}

function usesAsVariables(container: Fields): ConfigMapUse[] {
  return [
    ...objectsOf(container.env).flatMap((variable) =>
      use(
        'env',
        within(variable, 'valueFrom', 'configMapKeyRef'),
        `variable ${variable.name} of container ${container.name}`,
      ),
    ),
    ...objectsOf(container.envFrom).flatMap((source) =>
      use('env', source.configMapRef, `variables of container ${container.name}`),
    ),
  ];
}

function usesOfVolume(volume: Fields, containers: readonly Fields[]): ConfigMapUse[] {
  const maps = [volume, ...objectsOf(within(volume, 'projected', 'sources'))].map((it) => it.configMap);
  const mounts = containers.flatMap((container) => objectsOf(container.volumeMounts));
  return maps.flatMap((map) =>
    mounts
      .filter(({ name }) => name === volume.name)
      .flatMap(({ mountPath, subPath, subPathExpr }) => {
        const isFile = (subPath ?? subPathExpr) !== undefined;
        return use(isFile ? 'file' : 'folder', map, `mount of ${mountPath}`);
      }),
  );
}

function use(as: ConfigMapUse['as'], reference: unknown, by: string): ConfigMapUse[] {
  const name = fieldsOf(reference)?.name;
  return typeof name === 'string' ? [{ name, as, by }] : [];
}
