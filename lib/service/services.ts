import { Service, ServiceType } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Environment } from '../environment/environment';
import { type Refinement, refine, set } from '../refine';
import { exposePorts } from '../workload/expose-ports';
import { loadBalancerAnnotations } from './load-balancer';
import { PORTS, SERVICE_PORT } from './names';
import type { WebServiceProps } from './props';
import { speaksGrpc } from './protocol';
import { trafficDistribution } from './traffic-distribution';

/** What the Service of a WebService is made from. */
export interface RequestServiceInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly props: WebServiceProps;
  readonly place: Environment | undefined;
  /** Oldest Kubernetes version that the manifests have to work on. */
  readonly oldest: string | undefined;
}

/** NAME, where requests find a pod that is ready. */
export function requestService(scope: Construct, input: RequestServiceInput): Service {
  const { name, labels, props, place, oldest } = input;
  const { loadBalancer, port = SERVICE_PORT, protocols = ['http'] } = props;
  const annotations = loadBalancer && loadBalancerAnnotations(loadBalancer, place);
  const service = new Service(scope, 'Service', {
    metadata: { name, labels: { ...labels }, ...(annotations !== undefined && { annotations }) },
    ...(loadBalancer !== undefined && { type: ServiceType.LOAD_BALANCER }),
  });
  exposePorts(service, name, [{ ...PORTS.http, service: port }]);
  refine(
    service,
    // Who routes requests by it speaks HTTP/2 to the pods, which both gRPC and HTTP bear.
    set('/spec/ports/0/appProtocol', speaksGrpc(protocols) ? 'kubernetes.io/h2c' : 'http'),
    ...sourceRanges(loadBalancer?.from),
    ...trafficDistribution(props, oldest),
  );
  return service;
}

function sourceRanges(ranges: readonly string[] = []): Refinement[] {
  return ranges.length === 0 ? [] : [set('/spec/loadBalancerSourceRanges', [...ranges])];
}
