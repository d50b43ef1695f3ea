import type { SecretValue } from 'cdk8s-plus-27';

/** Properties of {@link Settings}. */
export interface SettingsProps {
  /**
   * Texts by key: files of a mounted folder, or values of variables. Together with {@link binaryData} at most 1 MiB.
   * @default none
   */
  readonly data?: Readonly<Record<string, string>>;
  /**
   * Bytes by key: files of a mounted folder.
   * @default none
   */
  readonly binaryData?: Readonly<Record<string, Uint8Array>>;
  /**
   * Keys of Secrets that somebody else makes, by the keys that they get here. Only the reference is written, never a
   * value: `{ password: { secret: Secret.fromSecretName(this, 'Catalog', 'catalog'), key: 'password' } }`.
   * @default none
   */
  readonly secrets?: Readonly<Record<string, SecretValue>>;
  /**
   * How running pods learn of a change. `restart`: every Deployment, StatefulSet and DaemonSet that uses the settings
   * is rolled, so that pods run with what they started with. `live`: the files in mounted folders change under running
   * pods, within about a minute; the program has to read them again. Changes of Secrets are not seen at synth: their
   * files change, their variables wait for the next restart.
   * @default 'restart'
   */
  readonly reload?: 'restart' | 'live';
  /**
   * Whether the ConfigMap can never change, which spares the nodes of a large cluster watching it. New data then needs
   * a Settings with a new id; keep the old one until no pod uses it.
   * @default false
   */
  readonly immutable?: boolean;
}

/** How {@link Settings} are mounted. */
export interface SettingsMountOptions {
  /**
   * Keys that become files.
   * @default all
   */
  readonly keys?: readonly string[];
}

/** Where {@link Settings} are mounted in a workload. */
export interface SettingsMountOnOptions extends SettingsMountOptions {
  /** Folder in the container, such as `/etc/limits`. */
  readonly path: string;
  /**
   * Name of the container.
   * @default the first one
   */
  readonly container?: string;
}

/** Which variables of a workload {@link Settings} become. */
export interface SettingsEnvForOptions {
  /**
   * Keys by the variables that they become: `{ LOG_LEVEL: 'level' }`.
   * @default every key becomes the variable of its own name
   */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Name of the container.
   * @default the first one
   */
  readonly container?: string;
}
