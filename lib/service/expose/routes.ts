import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Environment } from '../../environment/environment';
import type { GatewayEntry } from '../../environment/props';
import type { JsonObject } from '../../json-value';
import { routeDuration } from './route-duration';
import type { Way } from './ways';

/** What the routes of a service are made from. */
export interface RoutesInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ways: readonly Way[];
  readonly place: Environment;
  readonly entry: GatewayEntry;
  /** Port of the Service. */
  readonly port: number;
  /** Seconds that a request may take, its wait included. */
  readonly longestSeconds: number;
}

const GROUP = 'gateway.networking.k8s.io';

/**
 * An HTTPRoute and, for hosts of gRPC, a GRPCRoute. Fields that the API server fills with defaults are written out:
 * GitOps compares lists as a whole, so one without them would differ for ever.
 */
export function gatewayRoutes(scope: Construct, input: RoutesInput): ApiObject[] {
  return input.ways.map((way) => {
    const kind = way.isGrpc ? 'GRPCRoute' : 'HTTPRoute';
    const { name, labels, annotations } = input;
    return new ApiObject(scope, kind, {
      apiVersion: `${GROUP}/v1`,
      kind,
      metadata: {
        name,
        labels: { ...labels },
        ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
      },
      spec: {
        hostnames: [way.host],
        parentRefs: [parentRef(input)],
        rules: [way.isGrpc ? grpcRule(input) : httpRule(input, way)],
      },
    });
  });
}

/** The environment's gateway, named with its namespace: the route may lie in another one. */
function parentRef({ entry, place }: RoutesInput): JsonObject {
  const { name, namespace, listener } = entry;
  return {
    group: GROUP,
    kind: 'Gateway',
    name,
    namespace: namespace ?? place.namespace,
    ...(listener !== undefined && { sectionName: listener }),
  };
}

function httpRule(input: RoutesInput, { paths }: Way): JsonObject {
  return {
    backendRefs: [backendRef(input)],
    matches: paths.map((value) => ({ path: { type: 'PathPrefix', value } })),
    ...timeouts(input),
  };
}

function grpcRule(input: RoutesInput): JsonObject {
  return { backendRefs: [backendRef(input)] };
}

function backendRef({ name, port }: RoutesInput): JsonObject {
  return { group: '', kind: 'Service', name, port, weight: 1 };
}

/** Gateways that know timeouts of routes have short ones of their own, which would end a request that the pod still works on. */
function timeouts({ entry, place, longestSeconds }: RoutesInput): JsonObject {
  const isKnown = entry.timeouts ?? place.cloud !== 'gcp';
  return isKnown ? { timeouts: { request: routeDuration(longestSeconds) } } : {};
}
