import { ApiObject } from 'cdk8s';
import {
  type ConfigMap,
  EnvValue,
  type IConfigMap,
  type SecretValue,
  type Volume,
  type VolumeMount,
} from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import { formatProblem, type Problem } from '../plan/problem';
import { requireOptions, requireProps } from '../shape/require-shape';
import { findContainer } from '../workload/find-workload';
import { checkSettings } from './check';
import { checkMount, checkVariables } from './check-use';
import { checksumOf, settingsConfigMap } from './config-map';
import type {
  SettingsEnvForOptions,
  SettingsMountOnOptions,
  SettingsMountOptions,
  SettingsProps,
} from './props';
import { followSettings } from './users';
import { settingsVolume } from './volume';

/**
 * What pods are set up with: texts and files in a ConfigMap, and references to Secrets that somebody else makes. The id
 * is the name of the ConfigMap.
 *
 * ```ts
 * const limits = new Settings(this, 'limits', {
 *   data: { 'limits.yaml': 'perHost: 8\n', LOG_LEVEL: 'info' },
 *   secrets: { TOKEN: { secret: Secret.fromSecretName(this, 'Api', 'api'), key: 'token' } },
 * });
 * const web = new Deployment(this, 'web', { containers: [{ image: 'registry.example.com/web:1' }] });
 * limits.mountOn(web, { path: '/etc/limits', keys: ['limits.yaml'] });
 * limits.envFor(web, { variables: { LOG_LEVEL: 'LOG_LEVEL', API_TOKEN: 'TOKEN' } });
 * ```
 *
 * {@link mount} and {@link env} give the same for properties such as `volumes` and `env` of a Worker. However pods use
 * the ConfigMap, they follow its changes as {@link SettingsProps.reload} says.
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class Settings extends Construct {
  /** The ConfigMap; `undefined` when there are only Secrets. */
  readonly configMap: ConfigMap | undefined;
  /** References to keys of Secrets, by the keys that they get here. */
  readonly secrets: Readonly<Record<string, SecretValue>>;
  /** How running pods learn of a change. */
  readonly reload: 'restart' | 'live';
  private readonly volumes = new Map<string, Volume>();
  private readonly misuses: Problem[] = [];

  constructor(scope: Construct, id: string, props: SettingsProps) {
    requireProps('Settings', { scope, id, isSubclass: new.target !== Settings }, props);
    super(scope, id);
    const { secrets = {}, reload = 'restart' } = props;
    this.secrets = secrets;
    this.reload = reload;
    this.configMap = settingsConfigMap(this, id, props);
    if (this.configMap !== undefined) {
      const object = ApiObject.of(this.configMap);
      followSettings({ object, reload, checksum: () => checksumOf(object) });
    }
    const validate = () => [...checkSettings(this, props), ...this.misuses].map(formatProblem);
    this.node.addValidation({ validate });
  }

  /** All keys, those of Secrets included. */
  get keys(): readonly string[] {
    return [
      ...new Set([
        ...Object.keys(this.configMap?.data ?? {}),
        ...Object.keys(this.configMap?.binaryData ?? {}),
        ...Object.keys(this.secrets),
      ]),
    ];
  }

  /**
   * Variables for a container.
   *
   * @param variables keys by the variables that they become; by default every key becomes the variable of its own name
   */
  env(variables?: Readonly<Record<string, string>>): Record<string, EnvValue> {
    const chosen = variables ?? Object.fromEntries(this.keys.map((key) => [key, key]));
    this.misuses.push(...checkVariables(this, chosen));
    return Object.fromEntries(
      Object.entries(chosen).flatMap(([variable, key]) => {
        const value = this.variableOf(key);
        return value === undefined ? [] : [[variable, value]];
      }),
    );
  }

  /**
   * A folder with a file for each key, read-only.
   *
   * @param path folder in the container, such as `/etc/limits`
   */
  mount(path: string, options: SettingsMountOptions = {}): VolumeMount {
    requireOptions('Settings.mount', options, this);
    const { keys } = options;
    this.misuses.push(...checkMount(this, path, keys));
    return { path, volume: this.volumeOf(keys), readOnly: true };
  }

  /** Mounts a folder with a file for each key in a workload: of cdk8s-plus, or of Capstan. */
  mountOn(workload: IConstruct, options: SettingsMountOnOptions): this {
    requireOptions('Settings.mountOn', options, this);
    const { path, container, keys } = options;
    const found = findContainer(workload, container, 'mountOn(…)');
    if (found.problem !== undefined) this.misuses.push(found.problem);
    else found.container.mounts.push(this.mount(path, keys && { keys }));
    return this;
  }

  /** Gives variables to a workload: of cdk8s-plus, or of Capstan. */
  envFor(workload: IConstruct, options: SettingsEnvForOptions = {}): this {
    requireOptions('Settings.envFor', options, this);
    const { variables, container } = options;
    const found = findContainer(workload, container, 'envFor(…)');
    if (found.problem !== undefined) {
      this.misuses.push(found.problem);
      return this;
    }
    for (const [variable, value] of Object.entries(this.env(variables))) {
      found.container.env.addVariable(variable, value);
    }
    return this;
  }

  private variableOf(key: string): EnvValue | undefined {
    const secret = Object.hasOwn(this.secrets, key) ? this.secrets[key] : undefined;
    if (secret !== undefined) return EnvValue.fromSecretValue(secret);
    // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
    return this.configMap === undefined
      ? undefined
      : EnvValue.fromConfigMap(this.configMap as IConfigMap, key);
  }

  /** The same keys are the same volume, so that a pod may mount it several times. */
  private volumeOf(keys: readonly string[] | undefined): Volume {
    const chosen = keys === undefined ? 'all' : JSON.stringify([...keys].sort());
    const known = this.volumes.get(chosen);
    if (known !== undefined) return known;
    const end = this.volumes.size === 0 ? '' : `-${this.volumes.size + 1}`;
    const volume = settingsVolume(this, {
      id: `Volume${end}`,
      name: `settings-${this.node.id}${end}`,
      configMap: this.configMap,
      secrets: this.secrets,
      keys,
    });
    this.volumes.set(chosen, volume);
    return volume;
  }
}
