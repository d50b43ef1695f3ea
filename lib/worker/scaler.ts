import type { ApiObject } from 'cdk8s';
import type { Deployment, HorizontalPodAutoscaler } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Environment } from '../environment/environment';
import { checkExternalMetrics, useExternalMetrics } from '../environment/external-metrics';
import type { ExternalMetricsOwner, Prometheus } from '../environment/props';
import type { Figures } from '../plan/figures';
import type { Problem } from '../plan/problem';
import { workerAutoscaler } from './autoscaler';
import type { WorkerProps, WorkerScale } from './props';
import { workerScaledObject } from './scaled-object';

/** Who scales a worker. */
export type ScalerKind = 'hpa' | 'keda';

/** What scales a worker: one of them, or nothing where one pod works on a folder. */
export interface Scaler {
  readonly autoscaler: HorizontalPodAutoscaler | undefined;
  readonly scaledObject: ApiObject | undefined;
}

/** What a worker's scaler is made from. */
export interface ScalerInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Figures;
  readonly target: Deployment;
  readonly props: Pick<WorkerProps, 'source' | 'scale'>;
  readonly place: Environment | undefined;
}

/** Who has to serve external.metrics.k8s.io for each. */
export const OWNERS: Readonly<Record<ScalerKind, ExternalMetricsOwner>> = {
  hpa: 'prometheus-adapter',
  keda: 'keda',
};

/** Stands for the Prometheus that the program does not name; such a tree is never written. */
export const NO_PROMETHEUS: Prometheus = { address: '' };

/** Nothing scales. */
export const NO_SCALER: Scaler = { autoscaler: undefined, scaledObject: undefined };

/** Who scales a worker: as it says, or whoever owns external.metrics.k8s.io in its environment. */
export function scalerOf({ by }: Pick<WorkerScale, 'by'>, place: Environment | undefined): ScalerKind {
  return by ?? (place?.externalMetrics === 'keda' ? 'keda' : 'hpa');
}

/** Makes what scales a worker. */
export function workerScaler(scope: Construct, input: ScalerInput): Scaler {
  const { props, place, ...common } = input;
  const { source, scale } = props;
  if (source.kind === 'folder') return NO_SCALER;
  const kind = scalerOf(scale, place);
  useExternalMetrics(scope, OWNERS[kind]);
  if (kind === 'hpa') return { ...NO_SCALER, autoscaler: workerAutoscaler(scope, common) };
  return {
    ...NO_SCALER,
    scaledObject: workerScaledObject(scope, {
      ...common,
      source,
      prometheus: place?.prometheus ?? NO_PROMETHEUS,
      unsettledQuery: scale.by === 'keda' ? scale.unsettledQuery : undefined,
    }),
  };
}

/** What is wrong with who scales a worker. */
export function checkScaler(
  workload: Construct,
  { source, scale }: Pick<WorkerProps, 'source' | 'scale'>,
  place: Environment | undefined,
): Problem[] {
  return source.kind === 'folder' ? [] : checkScalerKind(workload, scalerOf(scale, place), place);
}

/** What is wrong with a scaler where it stands. */
export function checkScalerKind(
  workload: Construct,
  kind: ScalerKind,
  place: Environment | undefined,
): Problem[] {
  const problems = checkExternalMetrics(workload, OWNERS[kind]);
  if (kind === 'hpa' || place?.prometheus !== undefined) return problems;
  return [
    ...problems,
    {
      prop: 'scale.by',
      wanted: "must come with the environment's prometheus, which KEDA asks",
      got: place === undefined ? "'keda' outside of an Environment" : `none in ${place.name}`,
      fix: "Give the Environment prometheus: { address: 'http://…' }.",
    },
  ];
}
