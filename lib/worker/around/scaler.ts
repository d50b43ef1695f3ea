import { Chart } from 'cdk8s';
import type { IScalable } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Environment } from '../../environment/environment';
import { useExternalMetrics } from '../../environment/external-metrics';
import type { Prometheus } from '../../environment/props';
import type { Figures } from '../../plan/figures';
import { type AverageMetric, metricAutoscaler } from '../autoscaler';
import { labels } from '../queries';
import { prometheusTrigger, scaledObject } from '../scaled-object';
import { NO_PROMETHEUS, NO_SCALER, OWNERS, type Scaler, type ScalerKind } from '../scaler';
import type { BacklogSignal, BusySignal, WorkerSignals } from './props';
import type { Target } from './target';

/** What scales a Deployment that others made. */
export interface AroundScalerInput {
  readonly target: Target;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Figures;
  readonly signals: WorkerSignals;
  readonly scaler: ScalerKind;
  readonly place: Environment | undefined;
}

/** Makes what scales a Deployment that others made. */
export function aroundScaler(scope: Construct, input: AroundScalerInput): Scaler {
  const { target, figures, signals, scaler, place } = input;
  const common = { name: target.name, labels: input.labels, figures, target: scalable(target) };
  if (scaler === 'keda' || signals.backlog !== undefined) useExternalMetrics(scope, OWNERS[scaler]);
  if (scaler === 'hpa') {
    return { ...NO_SCALER, autoscaler: metricAutoscaler(scope, common, metricsOf(signals, figures)) };
  }
  const triggers = triggersOf(scope, signals, { figures, prometheus: place?.prometheus ?? NO_PROMETHEUS });
  return { ...NO_SCALER, scaledObject: scaledObject(scope, common, triggers) };
}

/** Its own count of pods is ours to check, see `checkReplicas`: cdk8s-plus' message would name no way out. */
function scalable({ object, deployment, name }: Target): IScalable {
  return {
    hasAutoscaler: false,
    markHasAutoscaler: () => deployment?.markHasAutoscaler(),
    toScalingTarget: () => ({ kind: object.kind, apiVersion: object.apiVersion, name, containers: [] }),
  };
}

function metricsOf({ busy, backlog }: WorkerSignals, figures: Figures): AverageMetric[] {
  return [
    ...(busy === undefined
      ? []
      : [{ of: 'pods' as const, name: busy.metric, average: busyAim(busy, figures), ...labelled(busy) }]),
    ...(backlog === undefined
      ? []
      : [
          {
            of: 'external' as const,
            name: backlog.metric,
            average: figures.backlogPerReplica.value,
            ...labelled(backlog),
          },
        ]),
  ];
}

function labelled({ labels: given }: BusySignal | BacklogSignal) {
  return given === undefined ? {} : { labels: given };
}

/** What the autoscaler holds of each pod: running tasks, or their share of the bound. */
function busyAim({ is = 'count' }: BusySignal, { targetUtilization, poolSlots }: Figures): number {
  return is === 'share' ? targetUtilization.value : targetUtilization.value * poolSlots.value;
}

function triggersOf(
  scope: Construct,
  { busy, backlog }: WorkerSignals,
  { figures, prometheus }: { figures: Figures; prometheus: Prometheus },
) {
  const { namespace } = Chart.of(scope);
  const sum = (metric: string, own: Readonly<Record<string, string>>) => `sum(${metric}${labels(own)})`;
  const trigger = (name: string, query: string, threshold: number) =>
    prometheusTrigger(prometheus, { name, query, threshold, emptyIsZero: false });
  return [
    ...(busy === undefined
      ? []
      : [
          trigger(
            'busy',
            busy.query ?? sum(busy.metric, { ...(namespace !== undefined && { namespace }), ...busy.labels }),
            busyAim(busy, figures),
          ),
        ]),
    ...(backlog === undefined
      ? []
      : [
          trigger(
            'backlog',
            backlog.query ?? sum(backlog.metric, backlog.labels ?? {}),
            figures.backlogPerReplica.value,
          ),
        ]),
  ];
}
