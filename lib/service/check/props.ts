import type { Construct } from 'constructs';
import type { ServiceContract } from '../../contract/zz_service.gen';
import type { Environment } from '../../environment/environment';
import { formatQuantity } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { checkConfigurationSize, checkFolders, checkSettings } from '../../workload/check/configuration';
import { checkMounts, volumeMounts } from '../../workload/check/mounts';
import { checkName } from '../../workload/check/name';
import { checkVariables } from '../../workload/check/variables';
import { configurationText } from '../../workload/configuration';
import { bytes } from '../../workload/quantity';
import { valueText } from '../../workload/value-text';
import { maxBodyBytes } from '../contract';
import { checkExposure } from '../expose/check';
import { checkLoadBalancer } from '../load-balancer';
import type { WebServiceProps } from '../props';
import { CONTRACT_PROTOCOLS, type Protocol } from '../protocol';
import { checkTrafficDistribution } from '../traffic-distribution';
import { checkPublish } from './publish';

const PORT_MAX = 65_535;

/** What a service's props are checked against besides each other. */
export interface ServiceCheckInput {
  readonly service: Construct;
  readonly props: WebServiceProps;
  /** What the pods are configured with. */
  readonly contract: ServiceContract;
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly place: Environment | undefined;
  /** Oldest Kubernetes version that the manifests have to work on. */
  readonly oldest: string | undefined;
}

/** What is wrong with a service's props apart from its numbers, which the plan checks. */
export function checkServiceProps(input: ServiceCheckInput): Problem[] {
  const { service, props, contract, environment, place, oldest } = input;
  const { expose, loadBalancer, publish, protocols = ['http'] } = props;
  return [
    ...checkName(service.node.id, 'service'),
    ...checkProtocols(protocols),
    ...checkMessages(props, protocols),
    ...checkPort(props),
    ...(expose === undefined ? [] : checkExposure(service, expose, protocols, place)),
    ...(loadBalancer === undefined ? [] : checkLoadBalancer(loadBalancer, place)),
    ...checkTrafficDistribution(props, oldest),
    ...checkGates(props),
    ...checkFolders(props.folders),
    ...checkSettings(props.settings),
    ...checkConfigurationSize(configurationText(contract)),
    ...checkVariables({ env: props.env, environment, credentials: 'publish.credentials' }),
    ...checkMounts(volumeMounts(props.volumes)),
    ...checkPublish(publish),
  ];
}

function checkProtocols(protocols: readonly Protocol[]): Problem[] {
  const known = Object.keys(CONTRACT_PROTOCOLS);
  const isRight =
    protocols.length > 0 &&
    protocols.every((protocol) => known.includes(protocol)) &&
    new Set(protocols).size === protocols.length;
  if (isRight) return [];
  return [
    {
      prop: 'protocols',
      wanted: `must be one or more of ${known.join(', ')}, each once`,
      got: protocols.length === 0 ? 'none' : protocols.map(valueText).join(', '),
      fix: "Leave it out for ['http'].",
    },
  ];
}

/** gRPC decodes a message from all of its bytes. */
function checkMessages({ request }: WebServiceProps, protocols: readonly Protocol[]): Problem[] {
  const isGrpc = protocols.includes('grpc') || protocols.includes('grpc-web');
  const held = bytes(request.memory.perRequest);
  const largest = maxBodyBytes(request);
  if (!isGrpc || held >= largest) return [];
  return [
    {
      prop: 'request.memory.perRequest',
      wanted: `must be ${formatQuantity(largest, 'bytes')} (request.maxBody) or more with gRPC, whose messages are held as a whole`,
      got: formatQuantity(held, 'bytes'),
      fix: 'Raise it to what a request with the largest message takes, or lower request.maxBody.',
    },
  ];
}

function checkPort({ port }: WebServiceProps): Problem[] {
  if (port === undefined || (Number.isInteger(port) && port >= 1 && port <= PORT_MAX)) return [];
  return [
    {
      prop: 'port',
      wanted: `must be a whole number from 1 to ${PORT_MAX}`,
      got: valueText(port),
      fix: 'Leave it out for 80.',
    },
  ];
}

/** A name with a prefix, as Kubernetes wants conditions of pods. */
const CONDITION =
  /^(?=.{1,316}$)([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

function checkGates({ readinessGates = [] }: WebServiceProps): Problem[] {
  return readinessGates.flatMap((gate, index) => {
    if (typeof gate === 'string' && CONDITION.test(gate) && readinessGates.indexOf(gate) === index) return [];
    return {
      prop: `readinessGates[${index}]`,
      wanted: 'must be the type of a condition, named once, such as example.com/load-balancer',
      got: valueText(gate),
      fix: 'Name the condition that somebody sets on the pods; without it they are never ready.',
    };
  });
}
