import { EnvValue, type ISecret } from 'cdk8s-plus-27';
import type { PasswordCredentials } from '../../source/client-access';
import { NATS_VARIABLES } from './configuration';
import type { NatsAuth } from './props';

/** Variables that hold what the Secret says; the server itself reads them quoted, see {@link natsEnvironment}. */
const SECRET = { user: 'NATS_SECRET_USER', password: 'NATS_SECRET_PASSWORD' } as const;

/** Who clients and servers of a cluster are. */
export function natsCredentials(auth: NatsAuth, secret: ISecret): Required<PasswordCredentials> {
  const value = (key: string) => EnvValue.fromSecretValue({ secret, key });
  return { user: value(auth.user ?? 'user'), password: value(auth.password ?? 'password') };
}

/**
 * What the configuration of a server refers to. The server reads variables as it reads its configuration, where a
 * password such as 12e4 would be a number: Kubernetes puts the texts of the Secret between quotes.
 *
 * @param hosts of all servers
 * @param credentials `undefined`: anybody may connect
 */
export function natsEnvironment(
  hosts: readonly string[],
  port: number,
  credentials: Required<PasswordCredentials> | undefined,
): Record<string, EnvValue> {
  const user = credentials === undefined ? '' : `$(${SECRET.user}):$(${SECRET.password})@`;
  const routes =
    hosts.length === 1
      ? []
      : hosts.map((host, ordinal) => [
          NATS_VARIABLES.route(ordinal),
          EnvValue.fromValue(`'nats://${user}${host}:${port}'`),
        ]);
  return {
    ...(credentials !== undefined && {
      // In front of those that refer to them.
      [SECRET.user]: credentials.user,
      [SECRET.password]: credentials.password,
      [NATS_VARIABLES.user]: EnvValue.fromValue(`'$(${SECRET.user})'`),
      [NATS_VARIABLES.password]: EnvValue.fromValue(`'$(${SECRET.password})'`),
    }),
    ...Object.fromEntries(routes),
  };
}
