import type { Problem } from '../plan/problem';
import { type Refinement, set } from '../refine';
import type { WebServiceProps } from './props';

/** Oldest version when nothing is said (docs/deploy.md). */
const DEFAULT_OLDEST = 32;

/** First minor version with `PreferSameZone` and `PreferSameNode` on by default (KEP-3015, beta). */
const SAME_MINOR = 34;

type Traffic = Pick<WebServiceProps, 'trafficDistribution'>;

function minorOf(oldest: string | undefined): number {
  const minor = /^1\.(\d{1,3})$/.exec(oldest ?? '')?.[1];
  return minor === undefined ? DEFAULT_OLDEST : Number(minor);
}

/**
 * Where a Service sends calls first. `PreferClose`, which every supported version has, means the same as
 * `PreferSameZone` and is its older name.
 */
export function trafficDistribution(props: Traffic, oldest: string | undefined): Refinement[] {
  const field = '/spec/trafficDistribution';
  switch (props.trafficDistribution) {
    case undefined:
      return [];
    case 'same-zone':
      return [set(field, minorOf(oldest) < SAME_MINOR ? 'PreferClose' : 'PreferSameZone')];
    case 'same-node':
      return [set(field, 'PreferSameNode')];
    default:
      return props.trafficDistribution satisfies never;
  }
}

/** What is wrong with where a Service sends calls first. */
export function checkTrafficDistribution(props: Traffic, oldest: string | undefined): Problem[] {
  if (props.trafficDistribution !== 'same-node' || minorOf(oldest) >= SAME_MINOR) return [];
  return [
    {
      prop: 'trafficDistribution',
      wanted: `must be known to every cluster, and 'same-node' is from Kubernetes 1.${SAME_MINOR} on`,
      got: `'same-node' with ${oldest === undefined ? `1.${DEFAULT_OLDEST} (the default)` : oldest} as the oldest`,
      fix: `Take 'same-zone', or raise kubernetes.oldest of the Environment to 1.${SAME_MINOR}.`,
    },
  ];
}
