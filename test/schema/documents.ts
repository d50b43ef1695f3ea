import type { JsonObject, JsonValue } from '../../lib/json-value';
import { type DocumentSchemas, formatDocumentProblem, validateDocuments } from '../../lib/schema';

/** A Deployment in which nothing is wrong. */
export const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'it', namespace: 'studio', labels: { app: 'it' } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'it' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
    template: {
      metadata: { labels: { app: 'it' } },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'registry.example.com/it:1',
            env: [{ name: 'MODE', value: 'fast' }],
            ports: [{ name: 'http', containerPort: 8080 }],
            resources: { requests: { cpu: '500m', memory: '64Mi' }, limits: { memory: '64Mi' } },
          },
        ],
      },
    },
  },
};

/** An HTTPRoute in which nothing is wrong. */
export const route: JsonObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'it', namespace: 'studio' },
  spec: {
    parentRefs: [{ name: 'public' }],
    hostnames: ['it.example.com'],
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: [{ name: 'it', port: 80, weight: 1 }],
      },
    ],
  },
};

/** A copy of a document with another value at a JSON pointer; `undefined` takes the field out. */
export function changed(document: JsonObject, pointer: string, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(document);
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let parent = copy as Record<string, unknown>;
  for (const key of keys) {
    parent[key] ??= {};
    parent = parent[key] as Record<string, unknown>;
  }
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

/** The problems of a document, a line each. */
export function linesOf(document: JsonObject, schemas: DocumentSchemas = {}): string[] {
  return validateDocuments([document], schemas).problems.map(formatDocumentProblem);
}
