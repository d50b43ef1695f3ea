import type { Chart } from 'cdk8s';
import { Environment, type Protocol } from '../../../lib';
import { exampleService } from '../../service/example-service';

/** Services: for the cluster alone, behind the environment's entry with each kind of route, and with a load balancer. */
export function add(chart: Chart): void {
  const isGateway = Environment.of(chart).entry?.kind === 'gateway';
  const protocols: Protocol[] = isGateway ? ['http', 'grpc', 'grpc-web'] : ['http', 'grpc-web'];
  const grpc = isGateway ? { grpcHost: 'grpc.example.com' } : {};
  exampleService(chart, { readinessGates: ['example.com/load-balancer'] }, 'inside');
  exampleService(chart, { expose: { host: 'photos.example.com', ...grpc }, protocols }, 'outside');
  exampleService(chart, { loadBalancer: {}, scale: { min: 2, max: 9, by: 'cpu' } }, 'balanced');
}
