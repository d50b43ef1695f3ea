// A kube-apiserver with an etcd of its own, on loopback, without nodes and controllers.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const { generateKeyPairSync, randomBytes } = require('node:crypto');
const { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { get } = require('node:https');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: wait } = require('node:timers/promises');
const { freePorts } = require('../free-ports.cjs');

const BUILD = join(__dirname, 'build.sh');
const START_SECONDS = 120;

/** The programs of a release are not built. */
class MissingProgramsError extends Error {}

/**
 * Starts an API server of the `oldest` or the `newest` supported release, which takes anything from its administrator
 * and no pod's token. It ends with this process at the latest.
 *
 * @throws MissingProgramsError when tools/cluster/build.sh has not built it
 */
async function startApiServer(release) {
  const programs = programsOf('newest');
  const apiServer = join(programsOf(release), 'kube-apiserver');
  const state = mkdtempSync(join(tmpdir(), 'capstan-api-server-'));
  const children = [];
  const stop = () => {
    // Nothing is worth keeping, and an API server without its etcd takes a minute to end by itself.
    for (const child of children) child.kill('SIGKILL');
    rmSync(state, { recursive: true, force: true });
    process.removeListener('exit', stop);
  };
  process.on('exit', stop);
  const start = (name, program, args) => {
    const log = openSync(join(state, `${name}.log`), 'w');
    children.push(spawn(program, args, { cwd: state, stdio: ['ignore', log, log] }));
  };

  const [etcdPort, peerPort, port] = await freePorts(3);
  const token = randomBytes(16).toString('hex');
  start('etcd', join(programs, 'etcd'), etcdArguments(state, etcdPort, peerPort));
  start('kube-apiserver', apiServer, apiServerArguments(state, { port, etcdPort, token }));
  const certificate = join(state, 'certificates', 'apiserver.crt');
  await isReady({ port, certificate, token, state, children }).catch((error) => {
    stop();
    throw error;
  });
  const kubeconfig = join(state, 'kubeconfig.json');
  writeFileSync(kubeconfig, kubeconfigText({ port, certificate, token }), { mode: 0o600 });

  /** Runs kubectl to its end; gives its exit code and what it printed. */
  const kubectl = (args, input = '') =>
    run(join(programs, 'kubectl'), ['--kubeconfig', kubeconfig, ...args], {
      input,
      env: { HOME: state, PATH: process.env.PATH },
    });
  const { gitVersion: version } = JSON.parse((await kubectl(['get', '--raw', '/version'])).stdout);
  return { version, kubeconfig, kubectl, stop };
}

function run(program, args, { input, env }) {
  const child = spawn(program, args, { env, stdio: 'pipe' });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (part) => {
      printed[stream] += part;
    });
  }
  // A program that ends without reading its input says why by itself.
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((settle, fail) => {
    child.on('error', fail);
    child.on('close', (status) => settle({ status, ...printed }));
  });
}

function programsOf(release) {
  const { status, stdout } = spawnSync(BUILD, [release, '--find'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new MissingProgramsError(stdout.trim());
}

function etcdArguments(state, port, peerPort) {
  const [client, peer] = [port, peerPort].map((it) => `http://127.0.0.1:${it}`);
  return [
    ...['--name', 'only', '--data-dir', join(state, 'etcd'), '--unsafe-no-fsync'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
    ...['--initial-cluster', `only=${peer}`],
  ];
}

function apiServerArguments(state, { port, etcdPort, token }) {
  const key = join(state, 'service-account.key');
  const tokens = join(state, 'tokens.csv');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(tokens, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(state, 'certificates')}`,
    `--token-auth-file=${tokens}`,
    '--authorization-mode=RBAC',
    '--endpoint-reconciler-type=none',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.96.0.0/16',
    // It would refuse pods until a controller, which is not there, has made their ServiceAccount.
    '--disable-admission-plugins=ServiceAccount',
    '--profiling=false',
  ];
}

/** Waits until the server is up, and its own namespaces are there, which appear a moment later. */
async function isReady({ port, certificate, token, state, children }) {
  const deadline = Date.now() + START_SECONDS * 1000;
  for (const path of ['/readyz', '/api/v1/namespaces/default']) {
    while (!(await answers({ port, certificate, token, path }))) {
      const ended = children.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
      if (ended || Date.now() > deadline)
        throw new Error(`the API server did not come up:\n${lastWords(state)}`);
      await wait(50);
    }
  }
}

function lastWords(state) {
  const logs = ['etcd.log', 'kube-apiserver.log'].map((name) => readFileSync(join(state, name), 'utf8'));
  return logs.map((log) => log.trimEnd().split('\n').slice(-5).join('\n')).join('\n');
}

function answers({ port, certificate, token, path }) {
  if (!existsSync(certificate)) return false;
  const options = {
    host: '127.0.0.1',
    port,
    path,
    ca: readFileSync(certificate),
    headers: { authorization: `Bearer ${token}` },
  };
  return new Promise((settle) => {
    const request = get(options, (response) => {
      response.resume();
      settle(response.statusCode === 200);
    });
    request.on('error', () => settle(false));
  });
}

function kubeconfigText({ port, certificate, token }) {
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': certificate };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'admin' } }],
    'current-context': 'here',
  });
}

module.exports = { MissingProgramsError, programsOf, startApiServer };
