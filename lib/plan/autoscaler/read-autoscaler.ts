import type { Problem } from '../problem';
import { readBehavior } from './read-behavior';
import { readMetrics } from './read-metrics';
import { Reader } from './reader';
import type { AutoscalerSpec } from './spec';

/** A document as an autoscaler, or what is wrong with it. */
export type ReadAutoscaler = SoundAutoscaler | RefusedAutoscaler;

/** A document that an API server takes. */
export interface SoundAutoscaler {
  /** With the defaults in place. */
  readonly spec: AutoscalerSpec;
  /**
   * Nothing.
   *
   * @default nothing is wrong
   */
  readonly problems?: undefined;
}

/** A document that an API server refuses, or with which the controller could never do anything. */
export interface RefusedAutoscaler {
  /**
   * Nothing.
   *
   * @default it cannot be read
   */
  readonly spec?: undefined;
  /** All that is wrong, one or more. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a HorizontalPodAutoscaler of autoscaling/v2 as an API server does: checks it by the rules of
 * k8s.io/kubernetes/pkg/apis/autoscaling/validation, and puts the defaults of pkg/apis/autoscaling/v2 in place.
 *
 * @param document a manifest as it is before the API server has seen it
 */
export function readAutoscaler(document: unknown): ReadAutoscaler {
  const problems: Problem[] = [];
  const spec = readFrom(new Reader(document, '', problems));
  return problems.length === 0 ? { spec } : { problems };
}

/** Reads an autoscaler that is part of another document. */
export function readFrom(hpa: Reader): AutoscalerSpec {
  const most = 2 ** 31 - 1;
  if (hpa.isObject('Give a HorizontalPodAutoscaler of autoscaling/v2.')) checkKind(hpa);
  const spec = hpa.field('spec').only('scaleTargetRef', 'minReplicas', 'maxReplicas', 'metrics', 'behavior');
  const least = { least: 0, most, whole: true };
  const minReplicas = spec.field('minReplicas').number({ ...least, absent: 1 }, 'Give a count of pods.');
  const max = spec.field('maxReplicas');
  const maxReplicas = max.number({ least: 1, most, whole: true }, 'Give the most pods that there may be.');
  if (!max.isAbsent && maxReplicas < minReplicas)
    max.refuse(`must be ${minReplicas} or more, as minReplicas is`, 'Raise it.');
  const behavior = readBehavior(spec.field('behavior'));
  return {
    name: readName(hpa.field('metadata').field('name')),
    target: readTargetRef(spec.field('scaleTargetRef')),
    minReplicas,
    maxReplicas,
    metrics: readMetrics(spec.field('metrics'), minReplicas),
    ...(behavior === undefined ? {} : { behavior }),
  };
}

function checkKind(hpa: Reader): void {
  const fix = 'Give a HorizontalPodAutoscaler of autoscaling/v2.';
  hpa.field('kind').oneOf(['HorizontalPodAutoscaler'], fix, 'HorizontalPodAutoscaler');
  hpa.field('apiVersion').oneOf(['autoscaling/v2'], fix, 'autoscaling/v2');
}

function readName(name: Reader): string {
  return name.isAbsent ? '' : name.text('Name it, or leave the name out.');
}

function readTargetRef(ref: Reader): AutoscalerSpec['target'] {
  const fix = 'Say what it scales, such as apiVersion apps/v1, kind Deployment and a name.';
  if (!ref.isObject(fix)) return { apiVersion: '', kind: '', name: '' };
  const apiVersion = ref.only('apiVersion', 'kind', 'name').field('apiVersion');
  return {
    apiVersion: apiVersion.isAbsent ? '' : apiVersion.text(fix),
    kind: ref.field('kind').text(fix),
    name: ref.field('name').text(fix),
  };
}
