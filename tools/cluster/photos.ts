import { get, request } from 'node:http';
import { prometheusUrl } from './addons/prometheus';
import { accessTo } from './control-plane';
import { kubectl } from './kubectl';
import type { Cluster } from './state';

const SECONDS = 30;

/** How a request was answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Where a Service is reached from this machine and from pods. */
export async function addressOf(cluster: Cluster, namespace: string, service: string): Promise<string> {
  const args = ['--namespace', namespace, 'get', 'service', service];
  return kubectl(accessTo(cluster), [...args, '--output=jsonpath={.spec.clusterIP}:{.spec.ports[0].port}']);
}

/**
 * Sends a photo to the pods of `upload`, as a user would.
 *
 * @param address host:port of the Service
 */
export function putPhoto(address: string, name: string, photo: Buffer): Promise<Answer> {
  const url = `http://${address}${pathOf(name)}`;
  return new Promise((settle, fail) => {
    const sent = request(url, { method: 'PUT', timeout: SECONDS * 1000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => settle({ status: response.statusCode ?? 0, text }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${SECONDS} s`)));
    sent.on('error', fail);
    sent.end(photo);
  });
}

function pathOf(name: string): string {
  return `/photos/${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** What Prometheus answers to a query: the value of each series, by the label. */
export function queryPrometheus(
  cluster: Cluster,
  query: string,
  label: string,
): Promise<Map<string, number>> {
  const url = `${prometheusUrl(cluster)}/api/v1/query?query=${encodeURIComponent(query)}`;
  return new Promise((settle, fail) => {
    get(url, { timeout: SECONDS * 1000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        const { data } = JSON.parse(text) as { data: { result: readonly Series[] } };
        settle(new Map(data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])])));
      });
    }).on('error', fail);
  });
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** How many tasks a worker has finished since the cluster is up, over all its pods, also those that are gone. */
export async function workerCounts(
  cluster: Cluster,
  namespace: string,
  worker: string,
): Promise<{ done: number; dead: number }> {
  const series = `capstan_tasks_total{namespace="${namespace}",worker="${worker}"}`;
  const outcomes = await queryPrometheus(
    cluster,
    `sum by (outcome) (max_over_time(${series}[1h]))`,
    'outcome',
  );
  const count = (outcome: string) => outcomes.get(outcome) ?? 0;
  return { done: count('done') + count('alreadyDone'), dead: count('dead') };
}
