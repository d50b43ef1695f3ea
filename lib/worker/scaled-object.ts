import { ApiObject, Chart } from 'cdk8s';
import type { Deployment } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Prometheus } from '../environment/props';
import type { JsonObject } from '../json-value';
import type { Figures } from '../plan/figures';
import { isBroker, type TaskSource } from '../source';
import { backlogQuery, unsettledQuery, utilizationQuery } from './queries';

/** What a worker's ScaledObject is made from. */
export interface ScaledObjectInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Figures;
  readonly target: Deployment;
  readonly source: TaskSource;
  readonly prometheus: Prometheus;
  /** PromQL for the tasks that nobody has settled; `undefined`: that of the broker's usual exporter. */
  readonly unsettledQuery: string | undefined;
}

/**
 * Lets KEDA scale a worker: the same two signals, bounds and behaviour as the autoscaler of `workerAutoscaler`, asked
 * of Prometheus. All values are averages over the pods, so that queries add up.
 *
 * KEDA makes an autoscaler of its own. It is called as the worker, and takes over one that Capstan made before: two
 * of them would fight for the same pods.
 */
export function workerScaledObject(scope: Construct, input: ScaledObjectInput): ApiObject {
  const { name, labels, figures, target } = input;
  const { pollingInterval, cooldown } = figures;
  target.markHasAutoscaler();
  return new ApiObject(scope, 'ScaledObject', {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: {
      name,
      labels: { ...labels },
      annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' },
    },
    spec: {
      scaleTargetRef: { apiVersion: target.apiVersion, kind: target.kind, name: target.name },
      minReplicaCount: figures.minReplicas.value,
      maxReplicaCount: figures.maxReplicas.value,
      ...(pollingInterval !== undefined && { pollingInterval: pollingInterval.value }),
      ...(cooldown !== undefined && { cooldownPeriod: cooldown.value }),
      advanced: { horizontalPodAutoscalerConfig: { name, behavior: behavior(figures) } },
      triggers: triggers(scope, input),
    },
  });
}

function behavior(figures: Figures): JsonObject {
  const policy = (type: string, value: number, periodSeconds: number) => ({ type, value, periodSeconds });
  const up = figures.scaleUpPeriod.value;
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        policy('Percent', figures.scaleUpPercent.value, up),
        policy('Pods', figures.scaleUpPods.value, up),
      ],
    },
    scaleDown: {
      stabilizationWindowSeconds: figures.scaleDownWindow.value,
      selectPolicy: 'Max',
      policies: [policy('Percent', figures.scaleDownPercent.value, figures.scaleDownPeriod.value)],
    },
  };
}

/**
 * A query without an answer is an error, so that KEDA leaves the count as it is when Prometheus has lost the pods;
 * but where no pod is left, that nobody says how busy it is means 0.
 */
function triggers(scope: Construct, input: ScaledObjectInput): JsonObject[] {
  const { name, figures, source, prometheus } = input;
  const worker = { name, namespace: Chart.of(scope).namespace };
  const { unsettledPerReplica } = figures;
  const isBusy = trigger(prometheus, {
    name: 'utilization',
    query: utilizationQuery(worker),
    threshold: figures.targetUtilization.value,
    emptyIsZero: unsettledPerReplica !== undefined,
  });
  const waiting =
    unsettledPerReplica !== undefined && isBroker(source)
      ? trigger(prometheus, {
          name: 'unsettled',
          query: input.unsettledQuery ?? unsettledQuery(source),
          threshold: unsettledPerReplica.value,
          emptyIsZero: false,
        })
      : trigger(prometheus, {
          name: 'backlog',
          query: backlogQuery(worker, source),
          threshold: figures.backlogPerReplica.value,
          emptyIsZero: false,
        });
  return [isBusy, waiting];
}

interface Trigger {
  readonly name: string;
  readonly query: string;
  readonly threshold: number;
  /** Whether no answer means 0. */
  readonly emptyIsZero: boolean;
}

function trigger({ address, authentication }: Prometheus, it: Trigger): JsonObject {
  return {
    type: 'prometheus',
    name: it.name,
    metricType: 'AverageValue',
    metadata: {
      serverAddress: address.replace(/\/+$/, ''),
      query: it.query,
      threshold: String(it.threshold),
      ignoreNullValues: String(it.emptyIsZero),
      ...(authentication !== undefined && { authModes: authentication.mode }),
    },
    ...(authentication !== undefined && {
      authenticationRef: {
        kind: 'ClusterTriggerAuthentication',
        name: authentication.clusterTriggerAuthentication,
      },
    }),
  };
}
