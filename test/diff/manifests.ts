import type { JsonObject } from '../../lib/json-value';

const meta = (name: string) => ({ name, namespace: 'shop' });

/** Fields of a Deployment that a test changes. */
export interface WebChange {
  readonly image?: string;
  readonly replicas?: number;
  readonly checksum?: string;
  readonly strategy?: string;
  readonly paused?: boolean;
  readonly selector?: string;
  readonly container?: object;
  readonly pod?: object;
}

/** A Deployment that mounts the ConfigMap `web`. */
export function web(change: WebChange = {}): JsonObject {
  const labels = { app: change.selector ?? 'web' };
  return json({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('web'),
    spec: {
      replicas: change.replicas ?? 3,
      ...(change.strategy !== undefined && { strategy: { type: change.strategy } }),
      ...(change.paused !== undefined && { paused: change.paused }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { 'checksum/config': change.checksum ?? 'a' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: change.image ?? 'web:1',
              volumeMounts: [{ name: 'config', mountPath: '/etc/web' }],
              ...change.container,
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'web' } }],
          ...change.pod,
        },
      },
    },
  });
}

/** The ConfigMap that it mounts, or another one. */
export function config(data: object, more: object = {}, name = 'web'): JsonObject {
  return json({ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(name), data, ...more });
}

/** A StatefulSet with a claim for each member. */
export function members(storage = '1Gi', more: object = {}): JsonObject {
  const labels = { app: 'db' };
  return json({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: meta('db'),
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'db', image: 'db:1' }] } },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage } } } }],
      ...more,
    },
  });
}

/** An object of a kind with a spec. */
export function object(apiVersion: string, kind: string, spec: object, name = 'it'): JsonObject {
  return json({ apiVersion, kind, metadata: meta(name), spec });
}

/** A document as it is read from a file. */
export function json(document: object): JsonObject {
  return JSON.parse(JSON.stringify(document)) as JsonObject;
}
