import { isAcknowledged } from '../acknowledge';
import { formatNumber } from '../plan/format';
import type { Problem } from '../plan/problem';
import { CONFIG_MAP_BYTES } from '../workload/config-map-size';
import { NAME_PATTERN } from '../workload/names';
import { memberText, valueText } from '../workload/value-text';
import type { SettingsProps } from './props';
import type { Settings } from './settings';

/** Longest name: the annotation `checksum/settings-NAME` holds 63 characters behind its slash. */
const NAME_MAX = 63 - 'settings-'.length;

/** What Kubernetes takes as a key of a ConfigMap (`IsConfigMapKey`). */
const KEY_PATTERN = /^(?!\.\.?$|\.\.)[-._a-zA-Z0-9]{1,253}$/;

/** Keys whose values nobody should find in a repository. */
const SECRET_KEY =
  /passw(or)?d|passphrase|secret|token|credential|(private|api|access|signing|encryption)[-_.]?key/i;

/** Values that are secret whatever they are called: private keys in PEM form. */
const SECRET_VALUE = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** What is wrong with settings, as they are when the tree is whole. */
export function checkSettings(settings: Settings, props: SettingsProps): Problem[] {
  return [
    ...checkName(settings.node.id),
    ...checkKeys(props),
    ...checkTexts(props),
    ...checkSize(settings),
    ...checkSecrets(settings),
    ...checkReload(props),
  ];
}

function checkName(name: string): Problem[] {
  if (NAME_PATTERN.test(name) && name.length <= NAME_MAX) return [];
  return [
    {
      prop: 'id',
      wanted: `must be a name of at most ${NAME_MAX} lower-case letters, digits and dashes that begins with a letter`,
      got: JSON.stringify(name),
      fix: 'Rename the construct: its id is the name of the ConfigMap.',
    },
  ];
}

function checkKeys({ data = {}, binaryData = {}, secrets = {} }: SettingsProps): Problem[] {
  const owners = new Map<string, string>();
  return Object.entries({ data, binaryData, secrets }).flatMap(([prop, values]) =>
    Object.keys(values).flatMap((key) => {
      const owner = owners.get(key);
      owners.set(key, prop);
      if (owner !== undefined) return keyTwice(memberText(prop, key), owner);
      return KEY_PATTERN.test(key) ? [] : noKey(memberText(prop, key), key);
    }),
  );
}

function keyTwice(prop: string, owner: string): Problem {
  return {
    prop,
    wanted: 'must be a key that is there once',
    got: `one of ${owner} as well`,
    fix: 'Rename one of them: both would be the same file.',
  };
}

function noKey(prop: string, key: string): Problem {
  return {
    prop,
    wanted: 'must be a key of at most 253 letters, digits, -, _ and .',
    got: JSON.stringify(key),
    fix: 'Rename it; it is the name of the file as well.',
  };
}

function checkTexts({ data = {} }: SettingsProps): Problem[] {
  return Object.entries(data).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === 'string') return [];
    const fix = 'Write it as a text, such as String(3) or JSON.stringify(value).';
    return { prop: memberText('data', key), wanted: 'must be a text', got: valueText(value), fix };
  });
}

function checkSize({ configMap }: Settings): Problem[] {
  const texts = Object.values(configMap?.data ?? {}).map((text) => Buffer.byteLength(String(text)));
  const bytes = Object.values(configMap?.binaryData ?? {}).map((text) => Buffer.byteLength(text, 'base64'));
  const size = [...texts, ...bytes].reduce((sum, it) => sum + it, 0);
  if (size <= CONFIG_MAP_BYTES) return [];
  return [
    {
      prop: 'data',
      wanted: `must be ${formatNumber(CONFIG_MAP_BYTES)} B (all that a ConfigMap holds) or less`,
      got: `${formatNumber(size)} B`,
      fix: 'Put large files into the image or a volume.',
    },
  ];
}

/** A ConfigMap is for everybody to read, in the cluster and in the repository. */
function checkSecrets(settings: Settings): Problem[] {
  if (isAcknowledged(settings, 'secret-like-setting')) return [];
  const texts = Object.entries(settings.configMap?.data ?? {});
  return texts.flatMap(([key, value]) => {
    if (!SECRET_KEY.test(key) && !SECRET_VALUE.test(String(value))) return [];
    return {
      prop: memberText('data', key),
      wanted: 'must be no secret, since a ConfigMap is for everybody to read',
      got: SECRET_KEY.test(key) ? 'a key that sounds like one' : 'a private key',
      fix:
        "Refer to a Secret: secrets: { NAME: { secret: Secret.fromSecretName(this, 'Id', 'SECRET'), key: 'KEY' } }. " +
        "If it is none, say so with acknowledge(settings, 'secret-like-setting', WHY).",
    };
  });
}

function checkReload({ reload, immutable }: SettingsProps): Problem[] {
  if (reload !== 'live' || immutable !== true) return [];
  return [
    {
      prop: 'immutable',
      wanted: "must be left out with reload: 'live'",
      got: 'true',
      fix: 'Leave one of them out: what cannot change is not reloaded.',
    },
  ];
}
