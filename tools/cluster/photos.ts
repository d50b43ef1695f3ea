import { get, request } from 'node:http';
import { prometheusUrl } from './addons/prometheus';
import { type Cluster, port } from './state';

const HOST = 'photos.localhost';
const SECONDS = 30;

/** How a request was answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a photo through the ingress controller, as a user would. */
export function putPhoto(cluster: Cluster, name: string, photo: Buffer): Promise<Answer> {
  const path = `/photos/${name.split('/').map(encodeURIComponent).join('/')}`;
  const options = {
    host: '127.0.0.1',
    port: port(cluster, 'web'),
    path,
    method: 'PUT',
    headers: { host: HOST },
  };
  return new Promise((settle, fail) => {
    const sent = request({ ...options, timeout: SECONDS * 1000 }, (response) => {
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
