import { type Figure, figure } from '../figure';
import type { Figures } from '../figures';
import { formatQuantity } from '../format';
import { provenance, type SettledSpec } from '../settled-spec';

/** Surge of a rolling update at a given `scale.max`: as given, or a quarter. */
export function surgeFor(spec: SettledSpec, max: number): number {
  return spec.maxSurge ?? Math.ceil(max / 4);
}

/** Numbers of the rolling update and of the PodDisruptionBudget. */
export function update(
  spec: SettledSpec,
): Pick<Figures, 'maxSurge' | 'minReadySeconds' | 'pdbMaxUnavailable'> {
  const min = formatQuantity(spec.minReplicas, 'pods');
  return {
    maxSurge: maxSurge(spec),
    minReadySeconds: figure(
      spec.minReadySeconds.value,
      'seconds',
      (shown) =>
        `${shown}, ${provenance(spec.minReadySeconds, 'rollout.minReady')}: a fresh pod stays ready this long before an old one goes`,
    ),
    pdbMaxUnavailable: figure(Math.max(1, Math.floor(spec.minReplicas / 4)), 'pods', (shown) =>
      spec.minReplicas > 1
        ? `a quarter of ${min} (scale.min), rounded down, at least 1: ${shown} may be evicted at a time`
        : `${shown}, although that may be the only one: with 0 its node could never be drained`,
    ),
  };
}

function maxSurge(spec: SettledSpec): Figure {
  const surge = surgeFor(spec, spec.maxReplicas);
  const missing = spec.maxUnavailable;
  const meanwhile = missing === 0 ? 'no pod' : formatQuantity(missing, 'pods');
  if (spec.maxSurge === undefined) {
    const max = formatQuantity(spec.maxReplicas, 'pods');
    return figure(
      surge,
      'pods',
      (shown) =>
        `a quarter of ${max} (scale.max), rounded up to ${shown}; ${meanwhile} may be missing meanwhile`,
    );
  }
  const effect =
    surge + missing === 0
      ? 'all old pods end before new ones start'
      : `${meanwhile} may be missing meanwhile`;
  return figure(surge, 'pods', (shown) => `${shown}, given as rollout.maxSurge: ${effect}`);
}
