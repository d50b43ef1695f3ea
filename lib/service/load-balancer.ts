import type { Environment } from '../environment/environment';
import { parseRange } from '../network/address-range';
import type { Problem } from '../plan/problem';
import { valueText } from '../workload/value-text';

/** A load balancer that the cloud makes for a Service. */
export interface WebServiceLoadBalancer {
  /**
   * Who reaches it: everybody, or the network that the cluster is in.
   * @default 'external'
   */
  readonly reach?: 'external' | 'internal';
  /**
   * Ranges of addresses that it takes connections from, such as `203.0.113.0/24`.
   * @default all
   */
  readonly from?: readonly string[];
  /**
   * Annotations of the Service besides those that the environment's cloud needs; they win.
   * @default none
   */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Annotations of a Service that say what load balancer it gets. */
export function loadBalancerAnnotations(
  { reach = 'external', annotations }: WebServiceLoadBalancer,
  place: Environment | undefined,
): Record<string, string> {
  return { ...place?.loadBalancerAnnotations(reach), ...annotations };
}

/** What is wrong with a load balancer. */
export function checkLoadBalancer(
  loadBalancer: WebServiceLoadBalancer,
  place: Environment | undefined,
): Problem[] {
  return [...checkReach(loadBalancer, place), ...checkRanges(loadBalancer)];
}

/** Without an annotation the load balancer would be everybody's. */
function checkReach(loadBalancer: WebServiceLoadBalancer, place: Environment | undefined): Problem[] {
  const isSaid = Object.keys(loadBalancerAnnotations(loadBalancer, place)).length > 0;
  if (loadBalancer.reach !== 'internal' || isSaid) return [];
  return [
    {
      prop: 'loadBalancer.reach',
      wanted: "must be 'external' where no cloud is known that has a word for the other",
      got: `'internal' ${place === undefined ? 'outside of an Environment' : `with cloud '${place.cloud}'`}`,
      fix: 'Name the cloud where the Environment is made, or say it to the controller in loadBalancer.annotations.',
    },
  ];
}

function checkRanges({ from = [] }: WebServiceLoadBalancer): Problem[] {
  return from.flatMap((range, index) =>
    parseRange(range) === undefined
      ? {
          prop: `loadBalancer.from[${index}]`,
          wanted: 'must be a range of IPv4 or IPv6 addresses',
          got: valueText(range),
          fix: 'Write it as ADDRESS/BITS, such as 10.0.0.0/8; one address is 10.1.2.3/32.',
        }
      : [],
  );
}
