import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NatsClusterProps } from '../../lib';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { clusterDocuments } from '../stateful/nats/example-cluster';
import { type Document, find } from '../worker/example-worker';
import type { NatsUser } from './nats-client';
import { freePort, RunningServer, serverFolder } from './running-server';

/** What a Secret says that a careless configuration would read as a number. */
export const SECRET: NatsUser = { user: '1k', pass: '12e4' };

/** Ports of one server on this machine. */
interface Ports {
  readonly client: number;
  readonly routes: number;
  readonly monitor: number;
}

/** One server of a cluster as the preset emits it, on this machine instead of in a pod. */
export interface EmittedServer {
  readonly name: string;
  readonly ports: Ports;
  readonly folder: string;
  /** The configuration file, as it is started with. */
  readonly configuration: string;
  /** The variables that the pod has. */
  readonly env: Readonly<Record<string, string>>;
  /** The container of the pod. */
  readonly container: Document;
}

/** The servers of a cluster as the preset emits them. */
export async function emittedServers(props: Partial<NatsClusterProps> = {}): Promise<EmittedServer[]> {
  const documents = clusterDocuments(props);
  const text = find(documents, 'ConfigMap').data['nats.conf'];
  const { replicas, template } = find(documents, 'StatefulSet').spec;
  const [container] = template.spec.containers;
  const servers: { name: string; ports: Ports; folder: string }[] = [];
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    const ports = { client: await freePort(), routes: await freePort(), monitor: await freePort() };
    servers.push({ name: `broker-${ordinal}`, ports, folder: serverFolder() });
  }
  return servers.map(({ name, ports, folder }) => ({
    ...{ name, ports, folder, container },
    configuration: onThisMachine(text, ports, folder),
    env: withHosts(variablesOf(container, name), servers),
  }));
}

/**
 * The configuration with the ports and folders of one server on this machine, where several share what each has for
 * itself in a pod. Nothing else of it differs: see the test of it.
 */
export function onThisMachine(text: string, ports: Ports, folder: string): string {
  const changes: [from: string, to: string][] = [
    ['\nport: 4222\n', `\nport: ${ports.client}\n`],
    ['\nhttp_port: 8222\n', `\nhttp_port: ${ports.monitor}\n`],
    ['\npid_file: "/tmp/nats.pid"\n', `\npid_file: "${folder}/nats.pid"\n`],
    ['\n  store_dir: "/data"\n', `\n  store_dir: "${folder}/data"\n`],
    ...(text.includes('\ncluster {')
      ? [['\n  port: 6222\n', `\n  port: ${ports.routes}\n`] as [string, string]]
      : []),
  ];
  return changes.reduce((changed, [from, to]) => {
    if (changed.split(from).length !== 2) throw new Error(`not once in the configuration: ${from}`);
    return changed.replace(from, to);
  }, text);
}

/** The variables of a container, as the kubelet gives them: `$(NAME)` stands for one in front. */
function variablesOf(container: Document, pod: string): Record<string, string> {
  const known: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env) {
    const { secretKeyRef, fieldRef } = valueFrom ?? {};
    if (secretKeyRef !== undefined) known[name] = secretKeyRef.key === 'user' ? SECRET.user : SECRET.pass;
    else if (fieldRef?.fieldPath === 'metadata.name') known[name] = pod;
    else known[name] = value.replace(/\$\((\w+)\)/g, (whole: string, it: string) => known[it] ?? whole);
  }
  return known;
}

function withHosts(
  variables: Readonly<Record<string, string>>,
  servers: readonly { readonly name: string; readonly ports: Ports }[],
): Record<string, string> {
  const here = (value: string) =>
    servers.reduce(
      (text, { name, ports }) =>
        text.replace(`${name}.broker-headless.darkroom.svc:6222`, `127.0.0.1:${ports.routes}`),
      value,
    );
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, here(value)]));
}

/** Starts a server with the command, the configuration and the variables of its pod. */
export async function startEmitted(program: string, server: EmittedServer): Promise<RunningServer> {
  const { folder, configuration, env, container } = server;
  mkdirSync(join(folder, 'data'), { recursive: true });
  const file = join(folder, 'nats.conf');
  writeFileSync(file, configuration);
  const [, ...args] = container.command.map((it: string) => it.replace('/etc/nats/nats.conf', file));
  return RunningServer.start({ program, args, env, ready: /Server is ready/ });
}

/** The status with which a server answers one of the probes of its container. */
export async function probe(
  { container, ports }: EmittedServer,
  name: 'startupProbe' | 'readinessProbe' | 'livenessProbe',
): Promise<number> {
  const { path } = container[name].httpGet;
  const response = await fetch(`http://127.0.0.1:${ports.monitor}${path}`).catch(() => undefined);
  return response?.status ?? 0;
}

/**
 * Runs the program that a stream's Job runs, on the declaration and with the variables that the preset emits; the
 * address is the server's on this machine. Gives its exit code and its log.
 */
export function runStreamJob(
  { ports, folder }: EmittedServer,
  declaration: string,
): { code: number | null; log: string } {
  const program = join(folder, 'streams');
  execFileSync('go', ['build', '-C', join(PACKAGE_ROOT, 'go/apps/streams'), '-o', program, '.'], {
    stdio: 'pipe',
  });
  const file = join(folder, 'streams.json');
  writeFileSync(
    file,
    declaration.replace('nats://broker.darkroom.svc:4222', `nats://127.0.0.1:${ports.client}`),
  );
  const env = {
    ...process.env,
    CAPSTAN_CONFIG: file,
    CAPSTAN_USER: SECRET.user,
    CAPSTAN_PASSWORD: SECRET.pass,
  };
  const { status, stderr } = spawnSync(program, { env, encoding: 'utf8' });
  return { code: status, log: stderr };
}
