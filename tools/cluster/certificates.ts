import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeed } from './run';
import { adminConfig, type Cluster, logOf, port } from './state';

/** The first address of Services, which the API server has. */
const API_SERVICE = '10.96.0.1';
const DAYS = '30';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** The name of the real node. */
export const REAL_NODE = 'real-1';

/** Who may do what in the cluster, by a token: user and group. */
const USERS = {
  admin: ['admin', 'system:masters'],
  'controller-manager': ['system:kube-controller-manager', ''],
  scheduler: ['system:kube-scheduler', ''],
  proxy: ['system:kube-proxy', ''],
  node: [`system:node:${REAL_NODE}`, 'system:nodes'],
} as const;

/** A user of the cluster whose token is known. */
export type User = keyof typeof USERS;

/** Makes the cluster's keys, certificates, tokens and kubeconfigs. */
export async function makeKeys(cluster: Cluster): Promise<void> {
  const { folder, address } = cluster;
  await authority(cluster, 'ca');
  await authority(cluster, 'front-ca');
  const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  await certificate(cluster, 'ca', 'api', '/CN=kube-apiserver', names, ['127.0.0.1', address, API_SERVICE]);
  await certificate(cluster, 'ca', 'kubelet-client', '/O=system:masters/CN=kube-apiserver-kubelet-client');
  await certificate(cluster, 'front-ca', 'front', '/CN=front');
  await openssl(cluster, ['genrsa', '-out', key('service-accounts'), '2048']);
  await openssl(cluster, [
    'rsa',
    '-in',
    key('service-accounts'),
    '-pubout',
    '-out',
    'pki/service-accounts.pub',
  ]);
  const users = Object.entries(USERS) as [User, readonly [string, string]][];
  const tokens = users.map(([user, [name, group]]) => ({
    user,
    token: randomBytes(16).toString('hex'),
    name,
    group,
  }));
  const lines = tokens.map(({ token, name, group }) => `${token},${name},${name}${group && `,"${group}"`}\n`);
  writeFileSync(join(folder, 'pki', 'tokens.csv'), lines.join(''), { mode: 0o600 });
  for (const { user, token } of tokens) {
    writeFileSync(configOf(cluster, user), kubeconfig(cluster, token), { mode: 0o600 });
  }
}

/** The kubeconfig of a user. */
export function configOf(cluster: Cluster, user: User): string {
  return user === 'admin' ? adminConfig(cluster) : join(cluster.folder, 'config', `${user}.kubeconfig`);
}

/** Makes a certificate and its key, signed by an authority of the cluster: `pki/NAME.crt` and `pki/NAME.key`. */
export async function certificate(
  cluster: Cluster,
  authorityName: string,
  name: string,
  subject: string,
  hosts: readonly string[] = [],
  addresses: readonly string[] = [],
): Promise<void> {
  await openssl(cluster, [
    'req',
    ...NEW_KEY,
    '-subj',
    subject,
    '-keyout',
    key(name),
    '-out',
    `pki/${name}.csr`,
  ]);
  const alternatives = [...hosts.map((it) => `DNS:${it}`), ...new Set(addresses.map((it) => `IP:${it}`))];
  const lines = ['extendedKeyUsage=serverAuth,clientAuth'];
  if (alternatives.length > 0) lines.push(`subjectAltName=${alternatives.join(',')}`);
  writeFileSync(join(cluster.folder, 'pki', `${name}.ext`), `${lines.join('\n')}\n`);
  const signer = ['-CA', crt(authorityName), '-CAkey', key(authorityName), '-CAcreateserial', '-days', DAYS];
  const files = ['-in', `pki/${name}.csr`, '-extfile', `pki/${name}.ext`, '-out', crt(name)];
  await openssl(cluster, ['x509', '-req', ...files, ...signer]);
}

async function authority(cluster: Cluster, name: string): Promise<void> {
  const files = ['-keyout', key(name), '-out', crt(name)];
  await openssl(cluster, [
    'req',
    '-x509',
    ...NEW_KEY,
    '-days',
    DAYS,
    '-subj',
    `/CN=capstan-${name}`,
    ...files,
  ]);
}

async function openssl(cluster: Cluster, args: readonly string[]): Promise<void> {
  await succeed({ program: 'openssl', args, cwd: cluster.folder, log: logOf(cluster, 'keys') });
}

function key(name: string): string {
  return `pki/${name}.key`;
}

function crt(name: string): string {
  return `pki/${name}.crt`;
}

/** Whole in itself, so that it can be copied away. */
function kubeconfig(cluster: Cluster, token: string): string {
  const data = readFileSync(join(cluster.folder, 'pki', 'ca.crt')).toString('base64');
  const server = `https://${cluster.address}:${port(cluster, 'apiServer')}`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster.name, cluster: { server, 'certificate-authority-data': data } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: cluster.name, context: { cluster: cluster.name, user: 'user' } }],
    'current-context': cluster.name,
  });
}
