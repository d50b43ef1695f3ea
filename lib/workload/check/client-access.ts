import type { Problem } from '../../plan/problem';
import type { ClientAccess } from '../client-access';

/**
 * What is wrong with who the pods are towards a broker.
 *
 * @param prop the property that they are given in, such as `source`
 * @param wantsUser whether a password has to come with a user, as NATS demands
 */
export function checkAccess(access: ClientAccess, prop: string, wantsUser: boolean): Problem[] {
  return [...checkCredentials(access, prop, wantsUser), ...checkTls(access, prop)];
}

function checkCredentials({ credentials }: ClientAccess, prop: string, wantsUser: boolean): Problem[] {
  if (credentials === undefined || 'file' in credentials) return [];
  const problems: Problem[] = [];
  if (credentials.password.valueFrom === undefined) {
    problems.push({
      prop: `${prop}.credentials.password`,
      wanted: 'must come from a Secret, since manifests are readable by many',
      got: 'a text',
      fix: 'Give EnvValue.fromSecretValue({ secret, key }).',
    });
  }
  if (wantsUser && credentials.user === undefined) {
    problems.push({
      prop: `${prop}.credentials.user`,
      wanted: 'must come with a password',
      got: 'none',
      fix: 'Give EnvValue.fromSecretValue({ secret, key }), or a credentials file.',
    });
  }
  return problems;
}

/**
 * What is wrong with certificates.
 *
 * @param prop the property that they are given in, such as `source`
 */
export function checkTls({ tls }: Pick<ClientAccess, 'tls'>, prop: string): Problem[] {
  if (tls === undefined) return [];
  const { secret, ca, certificate, key } = tls;
  const named = Object.entries({ ca, certificate, key }).filter(([, it]) => it !== undefined);
  const [first] = named;
  if (secret === undefined && first !== undefined) {
    return [
      {
        prop: `${prop}.tls.secret`,
        wanted: `must be given with ${first[0]}, which is a key of it`,
        got: 'none',
        fix: 'Name the Secret: Secret.fromSecretName(this, id, name).',
      },
    ];
  }
  if ((certificate === undefined) === (key === undefined)) return [];
  return [
    {
      prop: `${prop}.tls.${certificate === undefined ? 'certificate' : 'key'}`,
      wanted: 'must be given with the other of certificate and key',
      got: 'none',
      fix: 'Add it, or leave both out.',
    },
  ];
}
