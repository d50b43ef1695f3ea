import { Chart } from 'cdk8s';
import { CapstanApp, type Entry, Environment, WebService } from '../../../lib';
import { UPLOAD } from '../upload';

/** The namespaces, which are the environments, by how requests come in. */
export const ENTRIES: Readonly<Record<string, Entry>> = {
  'e2e-ingress': { kind: 'ingress', class: 'traefik', tls: 'none' },
  'e2e-gateway': { kind: 'gateway', name: 'public' },
};

/** The path that the service answers on. */
export const PATH = '/healthz';

/** The host of the service in an environment. */
export function hostOf(environment: string): string {
  return `${environment}.localhost`;
}

/** A web service that is exposed, in an environment for each way in. */
export function webApp(outdir: string): CapstanApp {
  const app = new CapstanApp({ outdir });
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const environment = new Environment(app, name, { entry });
    new Web(environment, 'web', hostOf(name));
  }
  return app;
}

class Web extends Chart {
  constructor(environment: Environment, id: string, host: string) {
    super(environment, id, { namespace: environment.namespace });
    new WebService(this, 'web', {
      ...UPLOAD,
      concurrency: 1,
      scale: { min: 1, max: 1 },
      folders: { output: '/tmp/in' },
      expose: { host, paths: [PATH] },
    });
  }
}
