import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { JsonObject } from '../../lib/json-value';

/** What an API server says to a document: whether it would take it, and if not, why. */
export interface Verdict {
  readonly isTaken: boolean;
  readonly message: string;
}

/** A resource as the server serves it. */
interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const APPLY = 'dryRun=All&fieldManager=comparison&fieldValidation=Strict&force=true';

/** Asks an API server as `kubectl apply --server-side --dry-run=server --validate=strict` does, over few connections. */
export class ApiClient {
  private readonly agent: Agent;
  private readonly server: string;
  private readonly token: string;
  private readonly resources = new Map<string, Promise<readonly Resource[]>>();

  /** @param kubeconfig path of the one that tools/cluster/api-server.cjs writes */
  constructor(kubeconfig: string, connections: number) {
    const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
    const [{ cluster }, { user }] = [clusters[0], users[0]];
    this.server = cluster.server;
    this.token = user.token;
    const ca = readFileSync(cluster['certificate-authority']);
    this.agent = new Agent({ ca, keepAlive: true, maxSockets: connections });
  }

  /** What the server says to a document. Changes nothing. */
  async dryRun(document: JsonObject): Promise<Verdict> {
    const { apiVersion, kind, metadata } = document;
    const { name, namespace } = fieldsOf(metadata);
    const group = String(apiVersion).includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = (await this.resourcesOf(group)).find((it) => it.kind === kind && !it.name.includes('/'));
    if (resource === undefined) return { isTaken: false, message: `no kind ${kind} in ${apiVersion}` };
    // kubectl itself asks for it.
    if (typeof name !== 'string' || name === '')
      return { isTaken: false, message: 'resource name may not be empty' };
    const at = typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
    const place = resource.namespaced ? `/namespaces/${encodeURIComponent(at)}` : '';
    const path = `${group}${place}/${resource.name}/${encodeURIComponent(name)}?${APPLY}`;
    const { status, body } = await this.send('PATCH', path, JSON.stringify(document));
    return { isTaken: status < 300, message: status < 300 ? '' : String(body.message) };
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy();
  }

  private resourcesOf(group: string): Promise<readonly Resource[]> {
    const known =
      this.resources.get(group) ??
      this.send('GET', group).then(({ body }) => {
        if (!Array.isArray(body.resources)) throw new Error(`${group}: ${JSON.stringify(body)}`);
        return body.resources as readonly Resource[];
      });
    this.resources.set(group, known);
    return known;
  }

  private send(
    method: string,
    path: string,
    text = '',
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      accept: 'application/json',
      ...(text !== '' && { 'content-type': 'application/apply-patch+yaml' }),
    };
    return new Promise((settle, fail) => {
      const sent = request(`${this.server}${path}`, { method, headers, agent: this.agent }, (answer) => {
        let received = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          received += part;
        });
        answer.on('error', fail);
        answer.on('end', () => {
          try {
            settle({ status: answer.statusCode ?? 0, body: JSON.parse(received) });
          } catch {
            settle({ status: answer.statusCode ?? 0, body: { message: received } });
          }
        });
      });
      sent.on('error', fail).end(text);
    });
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
