import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers } from '../answers';
import { accessTo } from '../control-plane';
import { applyObjects, kubectl } from '../kubectl';
import { serves, start } from '../processes';
import { built } from '../programs';
import { succeed } from '../run';
import { adminConfig, type Cluster, port } from '../state';
import type { Addon } from './addon';

/** The newest definitions that Traefik 3.6 was seen to serve. */
const GATEWAY_API = 'sigs.k8s.io/gateway-api@v1.5.1';

/** Traefik, which serves Ingresses and routes of the Gateway API on this machine's port `web`. */
export const traefik: Addon = {
  purpose: 'Ingress and Gateway API',
  needsRealNode: true,
  prepare: () => built('cluster/addons/traefik.sh'),
  async start(cluster) {
    const access = accessTo(cluster);
    const definitions = ['-f', join(await gatewayApi(), 'config', 'crd', 'standard')];
    await kubectl(access, ['apply', '--server-side', ...definitions]);
    await kubectl(access, ['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']);
    await applyObjects(access, classes());
    const config = join(cluster.folder, 'config', 'traefik.json');
    writeFileSync(config, JSON.stringify(settings(cluster)));
    const env = { KUBECONFIG: adminConfig(cluster) };
    const args = [`--configFile=${config}`];
    start(cluster, { name: 'traefik', program: await built('cluster/addons/traefik.sh'), args, env });
    await serves(cluster, 'traefik', () => answers(`http://127.0.0.1:${port(cluster, 'ingressAdmin')}/ping`));
  },
};

/** The folder of the Gateway API's module, which holds its definitions. */
async function gatewayApi(): Promise<string> {
  const args = ['mod', 'download', '-json', GATEWAY_API];
  const told = await succeed({ program: 'go', args, cwd: '/', env: { GOWORK: 'off', GOFLAGS: '' } });
  return (JSON.parse(told) as { Dir: string }).Dir;
}

function classes(): object[] {
  const metadata = { name: 'traefik' };
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata,
      spec: { controller: 'traefik.io/ingress-controller' },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata,
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
  ];
}

function settings(cluster: Cluster): object {
  const { address } = cluster;
  return {
    entryPoints: {
      // One for all addresses, since a listener of a Gateway is served by one that has its port: pods come by this
      // machine's address, and names below `localhost` lead here.
      web: { address: `:${port(cluster, 'web')}`, asDefault: true },
      admin: { address: `127.0.0.1:${port(cluster, 'ingressAdmin')}` },
    },
    ping: { entryPoint: 'admin' },
    metrics: { prometheus: { entryPoint: 'admin' } },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    providers: {
      kubernetesIngress: { ingressEndpoint: { ip: address } },
      kubernetesGateway: { statusAddress: { ip: address } },
    },
    log: { level: 'INFO' },
  };
}
