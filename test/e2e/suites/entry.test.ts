import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deploy } from '../../../tools/cluster/deploy';
import { port } from '../../../tools/cluster/state';
import { Progress, until } from '../../../tools/cluster/step';
import { ENTRIES, hostOf, PATH, webApp } from '../entry/web-app';
import { getJson, kubectl, needAddons, needCluster, say, session, step } from '../session';

const SUITE = 'entry';
const INGRESS = 'e2e-ingress';
const GATEWAY = 'e2e-gateway';
/** It takes one on a machine that has nothing else to do. */
const MINUTES = 20;

beforeAll(async () => {
  await needAddons('traefik');
  webApp(outdir()).synth();
}, MINUTES * 60_000);

afterAll(() => {
  const namespaces = Object.keys(ENTRIES);
  return kubectl(['delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait=false']);
});

function outdir(): string {
  return join(session().folder, 'entry');
}

/** Asks an address, as somebody outside would. */
function ask(address: string, host: string, path: string): Promise<{ status: number; text: string }> {
  const options = { host: address, port: port(needCluster(), 'web'), path, headers: { host }, timeout: 5000 };
  return new Promise((settle, fail) => {
    const sent = get(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => settle({ status: response.statusCode ?? 0, text: text.trim() }));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', fail);
  });
}

/** The service is reached at this address by its host and path, and by nothing else. */
async function expectServed(address: string, environment: string): Promise<void> {
  const host = hostOf(environment);
  const isServed = async () => (await ask(address, host, PATH)).status === 200;
  await until(isServed, { otherwise: `${host}${PATH} is not served`, seconds: 120 });
  expect(await ask(address, host, PATH)).toEqual({ status: 200, text: 'ok' });
  expect((await ask(address, host, '/photos')).status).toBe(404);
  expect((await ask(address, `other-${host}`, PATH)).status).toBe(404);
}

/** Waits for the first address that an object's status publishes. */
function published(kind: string, name: string, namespace: string): Promise<string> {
  const find = async () => {
    const { status = {} } = await getJson<Published>(kind, name, `--namespace=${namespace}`);
    return status.loadBalancer?.ingress?.[0]?.ip ?? status.addresses?.[0]?.value;
  };
  return until(find, { otherwise: `${kind} ${name} has no address`, seconds: 120 });
}

interface Published {
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] };
    readonly addresses?: readonly { readonly value: string }[];
  };
}

test(
  'a WebService is reached through an Ingress',
  () =>
    step(SUITE, 'an Ingress publishes its address, and leads to the service', async () => {
      await deploy(needCluster(), join(outdir(), INGRESS), new Progress(say));
      const address = await published('ingress', 'web', INGRESS);
      expect(address).toBe(needCluster().address);
      await expectServed(address, INGRESS);
      return undefined;
    }),
  MINUTES * 60_000,
);

test(
  'a WebService is reached through a Gateway',
  () =>
    step(SUITE, 'a Gateway publishes its address, and a route of it leads to the service', async () => {
      const folder = join(outdir(), GATEWAY);
      await kubectl(['apply', '--server-side', '-f', join(folder, '0-environment.k8s.yaml')]);
      await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(gateway()));
      await deploy(needCluster(), folder, new Progress(say));
      const address = await published('gateway', 'public', GATEWAY);
      expect(address).toBe(needCluster().address);
      await expectServed(address, GATEWAY);
      const accepted = async () => {
        const { status } = await getJson<RouteStatus>('httproute', 'web', `--namespace=${GATEWAY}`);
        const conditions = (status.parents ?? []).flatMap((parent) => parent.conditions);
        return conditions.length > 0 && conditions.every((it) => it.status === 'True');
      };
      await until(accepted, { otherwise: 'the route has a condition that is not true', seconds: 60 });
      return undefined;
    }),
  MINUTES * 60_000,
);

interface RouteStatus {
  readonly status: {
    readonly parents?: readonly {
      readonly conditions: readonly { readonly type: string; readonly status: string }[];
    }[];
  };
}

/** A listener of Traefik has the port that Traefik itself listens on. */
function gateway(): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'public', namespace: GATEWAY },
    spec: {
      gatewayClassName: 'traefik',
      listeners: [{ name: 'web', protocol: 'HTTP', port: port(needCluster(), 'web') }],
    },
  };
}
