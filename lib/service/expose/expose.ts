import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Environment } from '../../environment/environment';
import type { ServiceFigures } from '../../plan/service/figures';
import type { Protocol } from '../protocol';
import { claimWays } from './claims';
import { entryIngress } from './ingress';
import type { WebServiceExposure } from './props';
import { gatewayRoutes } from './routes';
import { waysOf } from './ways';

/** What leads from the environment's entry to a service. */
export interface ExposeInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Pick<ServiceFigures, 'drain'>;
  readonly expose: WebServiceExposure;
  readonly protocols: readonly Protocol[];
  readonly place: Environment | undefined;
  /** Port of the Service. */
  readonly port: number;
}

/** Makes the routes or the Ingress that lead to a service; none where the environment has no entry. */
export function exposeService(scope: Construct, input: ExposeInput): ApiObject[] {
  const { name, labels, figures, expose, protocols, place, port } = input;
  const entry = place?.entry;
  if (place === undefined || entry === undefined) return [];
  const ways = waysOf(expose, protocols);
  claimWays(place, scope.node.path, ways);
  const common = { name, labels, annotations: expose.annotations ?? {}, ways };
  switch (entry.kind) {
    case 'gateway':
      // The drain covers the longest wait and the longest request.
      return gatewayRoutes(scope, { ...common, place, entry, port, longestSeconds: figures.drain.value });
    case 'ingress':
      return [entryIngress(scope, { ...common, entry, tls: expose.tls ?? entry.tls ?? 'none' })];
    default:
      return entry satisfies never;
  }
}
