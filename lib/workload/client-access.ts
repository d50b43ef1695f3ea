import { posix } from 'node:path';
import { type EnvValue, type ISecret, Volume, type VolumeMount } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Credentials, Tls } from '../contract/zz_worker.gen';
import type { ClientCredentials, ClientTls } from '../source/client-access';

/** Folder with the certificates and credentials that a runtime shows to its broker and to its collector of traces. */
export const ACCESS_FOLDER = '/etc/capstan-access';

/** Variables with the user and the password that a runtime shows to its broker. */
export const ACCESS_VARIABLES = { user: 'CAPSTAN_USER', password: 'CAPSTAN_PASSWORD' } as const;

/** Who a workload's pods are towards a broker. */
export interface ClientAccess {
  readonly credentials?: ClientCredentials | undefined;
  readonly tls?: ClientTls | undefined;
}

const FOLDERS = {
  credentials: posix.join(ACCESS_FOLDER, 'credentials'),
  tls: posix.join(ACCESS_FOLDER, 'tls'),
  telemetry: posix.join(ACCESS_FOLDER, 'telemetry'),
} as const;

/** Names of the volumes below {@link ACCESS_FOLDER}. */
export const ACCESS_VOLUMES = ['access-credentials', 'access-tls', 'access-telemetry'] as const;

/** The part of a runtime's configuration that says who it is. No secret is in it: it names variables and files. */
export function accessContract({ credentials, tls }: ClientAccess): { credentials?: Credentials; tls?: Tls } {
  return {
    ...(credentials !== undefined && { credentials: credentialsContract(credentials) }),
    ...(tls !== undefined && { tls: tlsContract('tls', tls) }),
  };
}

function credentialsContract(credentials: ClientCredentials): Credentials {
  if ('file' in credentials) return { file: posix.join(FOLDERS.credentials, credentials.file.key) };
  return {
    ...(credentials.user !== undefined && { userVariable: ACCESS_VARIABLES.user }),
    passwordVariable: ACCESS_VARIABLES.password,
  };
}

/** The files of {@link certificateMounts} for the same folder, as the pods see them. */
export function tlsContract(what: 'tls' | 'telemetry', { secret, ca, certificate, key }: ClientTls): Tls {
  if (secret === undefined) return {};
  const file = (name: string) => posix.join(FOLDERS[what], name);
  return {
    ...(ca !== undefined && { caFile: file(ca) }),
    ...(certificate !== undefined && { certFile: file(certificate) }),
    ...(key !== undefined && { keyFile: file(key) }),
  };
}

/** The variables that {@link accessContract} names. */
export function accessEnvironment({ credentials }: ClientAccess): Record<string, EnvValue> {
  if (credentials === undefined || 'file' in credentials) return {};
  const { user, password } = credentials;
  return {
    ...(user !== undefined && { [ACCESS_VARIABLES.user]: user }),
    [ACCESS_VARIABLES.password]: password,
  };
}

/** The files that {@link accessContract} names, from their Secrets. */
export function accessMounts(scope: Construct, { credentials, tls }: ClientAccess): VolumeMount[] {
  const files =
    credentials !== undefined && 'file' in credentials
      ? [secretMount(scope, 'credentials', credentials.file.secret, [credentials.file.key])]
      : [];
  return [...files, ...certificateMounts(scope, 'tls', tls)];
}

/** The files that {@link tlsContract} names, from their Secret. */
export function certificateMounts(
  scope: Construct,
  what: 'tls' | 'telemetry',
  tls: ClientTls | undefined,
): VolumeMount[] {
  const keys = [tls?.ca, tls?.certificate, tls?.key].filter((key) => key !== undefined);
  return tls?.secret === undefined || keys.length === 0 ? [] : [secretMount(scope, what, tls.secret, keys)];
}

function secretMount(
  scope: Construct,
  what: keyof typeof FOLDERS,
  secret: ISecret,
  keys: readonly string[],
): VolumeMount {
  const items = Object.fromEntries(keys.map((key) => [key, { path: key }]));
  const volume = Volume.fromSecret(new Construct(scope, `access-${what}`), 'Volume', secret, {
    name: `access-${what}`,
    items,
  });
  return { path: FOLDERS[what], readOnly: true, volume };
}
