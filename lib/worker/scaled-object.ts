import { ApiObject, Chart } from 'cdk8s';
import type { IScalable } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Prometheus } from '../environment/props';
import type { JsonObject } from '../json-value';
import type { Figures } from '../plan/figures';
import { isBroker, type TaskSource } from '../source';
import { backlogQuery, unsettledQuery, utilizationQuery } from './queries';

/** What the ScaledObject of pods that run tasks is made from. */
export interface TriggeredInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Figures;
  readonly target: IScalable;
}

/** What a worker's ScaledObject is made from. */
export interface ScaledObjectInput extends TriggeredInput {
  readonly source: TaskSource;
  readonly prometheus: Prometheus;
  /** PromQL for the tasks that nobody has settled; `undefined`: that of the broker's usual exporter. */
  readonly unsettledQuery: string | undefined;
}

/**
 * Lets KEDA scale a worker: the same two signals, bounds and behaviour as the autoscaler of `workerAutoscaler`, asked
 * of Prometheus. All values are averages over the pods, so that queries add up.
 */
export function workerScaledObject(scope: Construct, input: ScaledObjectInput): ApiObject {
  return scaledObject(scope, input, workerTriggers(scope, input));
}

/**
 * Lets KEDA scale with the bounds and the behaviour of a plan.
 *
 * KEDA makes an autoscaler of its own. It is called as the workload, and takes over one that Capstan made before: two
 * of them would fight for the same pods.
 */
export function scaledObject(
  scope: Construct,
  { name, labels, figures, target }: TriggeredInput,
  triggers: readonly JsonObject[],
): ApiObject {
  const { pollingInterval, cooldown } = figures;
  const { apiVersion, kind, name: targetName } = target.toScalingTarget();
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
      scaleTargetRef: { apiVersion, kind, name: targetName },
      minReplicaCount: figures.minReplicas.value,
      maxReplicaCount: figures.maxReplicas.value,
      ...(pollingInterval !== undefined && { pollingInterval: pollingInterval.value }),
      ...(cooldown !== undefined && { cooldownPeriod: cooldown.value }),
      advanced: { horizontalPodAutoscalerConfig: { name, behavior: behavior(figures) } },
      triggers: [...triggers],
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
function workerTriggers(scope: Construct, input: ScaledObjectInput): JsonObject[] {
  const { name, figures, source, prometheus } = input;
  const worker = { name, namespace: Chart.of(scope).namespace };
  const { unsettledPerReplica } = figures;
  const isBusy = prometheusTrigger(prometheus, {
    name: 'utilization',
    query: utilizationQuery(worker),
    threshold: figures.targetUtilization.value,
    emptyIsZero: unsettledPerReplica !== undefined,
  });
  const waiting =
    unsettledPerReplica !== undefined && isBroker(source)
      ? prometheusTrigger(prometheus, {
          name: 'unsettled',
          query: input.unsettledQuery ?? unsettledQuery(source),
          threshold: unsettledPerReplica.value,
          emptyIsZero: false,
        })
      : prometheusTrigger(prometheus, {
          name: 'backlog',
          query: backlogQuery(worker, source),
          threshold: figures.backlogPerReplica.value,
          emptyIsZero: false,
        });
  return [isBusy, waiting];
}

/** A query that KEDA asks, as an average over the pods. */
export interface Trigger {
  readonly name: string;
  readonly query: string;
  readonly threshold: number;
  /** Whether no answer means 0. */
  readonly emptyIsZero: boolean;
}

/** A trigger of KEDA. */
export function prometheusTrigger({ address, authentication }: Prometheus, it: Trigger): JsonObject {
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
