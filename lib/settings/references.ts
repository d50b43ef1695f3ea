import { type Fields, objectsOf, within } from '../plan/fields';
import { containersOf, podOfDocument } from '../workload/pod-of-document';

/** Kinds of objects that pods take settings from. */
export type SettingsKind = 'ConfigMap' | 'Secret';

/** How a pod uses a ConfigMap or a Secret. */
export interface ConfigMapUse {
  /** Name of the object. */
  readonly name: string;
  /** `env`: as variables; `file`: as single files, which never change; `folder`: as a mounted folder. */
  readonly as: 'env' | 'file' | 'folder';
  /** What uses it, as a message names it: `variable LEVEL of container web`. */
  readonly by: string;
}

/** Fields that refer to an object of a kind. */
interface Fieldnames {
  readonly variable: string;
  readonly variables: string;
  readonly volume: string;
}

const FIELDS: Readonly<Record<SettingsKind, Fieldnames>> = {
  ConfigMap: { variable: 'configMapKeyRef', variables: 'configMapRef', volume: 'configMap' },
  Secret: { variable: 'secretKeyRef', variables: 'secretRef', volume: 'secret' },
};

/** Every use of a ConfigMap in the pods of a document; none when it makes no pods. */
export function configMapUses(document: Fields): ConfigMapUse[] {
  return settingsUses(document, 'ConfigMap');
}

/** Every use of a ConfigMap, or of a Secret, in the pods of a document; none when it makes no pods. */
export function settingsUses(document: Fields, kind: SettingsKind): ConfigMapUse[] {
  const pod = podOfDocument(document);
  if (pod === undefined) return [];
  const containers = containersOf(pod);
  const fields = FIELDS[kind];
  return [
    ...containers.flatMap((container) => usesAsVariables(container, fields)),
    ...objectsOf(pod.volumes).flatMap((volume) => usesOfVolume(volume, containers, fields)),
  ];
}

function usesAsVariables(container: Fields, { variable: field, variables }: Fieldnames): ConfigMapUse[] {
  return [
    ...objectsOf(container.env).flatMap((variable) =>
      use(
        'env',
        within(variable, 'valueFrom', field),
        `variable ${variable.name} of container ${container.name}`,
      ),
    ),
    ...objectsOf(container.envFrom).flatMap((source) =>
      use('env', source[variables], `variables of container ${container.name}`),
    ),
  ];
}

function usesOfVolume(
  volume: Fields,
  containers: readonly Fields[],
  { volume: field }: Fieldnames,
): ConfigMapUse[] {
  const sources = [volume, ...objectsOf(within(volume, 'projected', 'sources'))].map((it) => it[field]);
  const mounts = containers.flatMap((container) => objectsOf(container.volumeMounts));
  return sources.flatMap((source) =>
    mounts
      .filter(({ name }) => name === volume.name)
      .flatMap(({ mountPath, subPath, subPathExpr }) => {
        const isFile = (subPath ?? subPathExpr) !== undefined;
        return use(isFile ? 'file' : 'folder', source, `mount of ${mountPath}`);
      }),
  );
}

/** The volume of a Secret alone calls its name `secretName`. */
function use(as: ConfigMapUse['as'], reference: unknown, by: string): ConfigMapUse[] {
  const name = within(reference, 'name') ?? within(reference, 'secretName');
  return typeof name === 'string' ? [{ name, as, by }] : [];
}
