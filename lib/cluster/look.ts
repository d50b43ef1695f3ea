import { messageOf } from '../command-error';
import { type Fields, objectsOf, within } from '../plan/fields';
import { parsePrometheusText } from '../status/prometheus-text';
import { askedPods } from '../status/slots';
import type { NamespaceView, PodMetrics, WorkloadView } from '../status/view';
import { type ClusterApi, getJson, refusal, saidIn } from './api';

/** As many pods of a workload are asked for their metrics. */
const MOST_ASKED = 100;
const METRICS_SECONDS = 5;

/**
 * What a namespace has.
 *
 * @throws CommandError when the cluster does not let this user look at workloads and pods
 */
export async function lookAtNamespace(api: ClusterApi, namespace: string): Promise<NamespaceView> {
  const place = `namespaces/${encodeURIComponent(namespace)}`;
  const [deployments, statefulSets, replicaSets, pods, autoscalers, warnings, kills] = await Promise.all([
    list(api, `/apis/apps/v1/${place}/deployments`),
    list(api, `/apis/apps/v1/${place}/statefulsets`),
    list(api, `/apis/apps/v1/${place}/replicasets`),
    list(api, `/api/v1/${place}/pods`),
    listIfAllowed(api, `/apis/autoscaling/v2/${place}/horizontalpodautoscalers`),
    listIfAllowed(api, `/api/v1/${place}/events?fieldSelector=type%3DWarning&limit=500`),
    listIfAllowed(api, `/api/v1/${place}/events?fieldSelector=reason%3DKilling&limit=500`),
  ]);
  return {
    ...{ namespace, deployments, statefulSets, replicaSets, pods, autoscalers },
    events: [...warnings, ...kills],
    nowMillis: Date.now(),
  };
}

async function list(api: ClusterApi, path: string): Promise<readonly Fields[]> {
  return objectsOf(within(await getJson(api, path), 'items'));
}

/** Without them the rest is worth showing all the same. */
async function listIfAllowed(api: ClusterApi, path: string): Promise<readonly Fields[]> {
  const answer = await api.ask({ path });
  if (answer.status === 403 || answer.status === 404) return [];
  if (answer.status !== 200) throw refusal(`GET ${path}`, answer);
  return objectsOf(within(JSON.parse(answer.text), 'items'));
}

/** The same, with what its pods say about themselves. */
export async function withMetrics(api: ClusterApi, view: WorkloadView): Promise<WorkloadView> {
  const asked = askedPods(view).slice(0, MOST_ASKED);
  const answers = await Promise.all(
    asked.map(
      async ({ name, port }): Promise<[string, PodMetrics]> => [
        name,
        await metricsOf(api, `/api/v1/namespaces/${view.namespace}/pods/${name}:${port}/proxy/metrics`),
      ],
    ),
  );
  return { ...view, metrics: new Map(answers) };
}

async function metricsOf(api: ClusterApi, path: string): Promise<PodMetrics> {
  try {
    const answer = await api.ask({ path, timeoutSeconds: METRICS_SECONDS });
    return answer.status === 200 ? parsePrometheusText(answer.text, 'capstan_') : saidIn(answer);
  } catch (error) {
    return messageOf(error).replace(path, '/metrics');
  }
}
