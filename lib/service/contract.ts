import type { ServiceContract, Telemetry } from '../contract/zz_service.gen';
import type { ServicePlan } from '../plan/service/service-plan';
import { MAX_BODY_BYTES } from '../plan/service/settle';
import { settingsOf } from '../workload/configuration';
import { bytes, seconds } from '../workload/quantity';
import { PORTS } from './names';
import type { RequestProfile, WebServiceProps } from './props';
import { CONTRACT_PROTOCOLS } from './protocol';
import { publishContract } from './publish-target';

/** Largest body in bytes: as given, or the plan's default. */
export function maxBodyBytes({ maxBody }: RequestProfile): number {
  return maxBody === undefined ? MAX_BODY_BYTES : bytes(maxBody);
}

/**
 * The configuration of a service's pods: the plan's numbers and the program's settings. Settings that are no texts are
 * missing: `checkProps` reports them, and nothing is deployed.
 */
export function serviceContract(
  { name, figures }: ServicePlan,
  props: WebServiceProps,
  telemetry: Telemetry | undefined,
): ServiceContract {
  const { request, protocols = ['http'], folders, settings } = props;
  return {
    contract: 1,
    name,
    pool: { slots: figures.poolSlots.value },
    queue: { length: figures.waitingRoom.value, maxWaitSeconds: figures.longestWait.value },
    request: { maxSeconds: seconds(request.duration.max), maxBodyBytes: maxBodyBytes(request) },
    protocols: protocols.map((protocol) => CONTRACT_PROTOCOLS[protocol]),
    http: { port: PORTS.http.number, metricsPort: PORTS.metrics.number },
    shutdown: {
      lameDuckSeconds: figures.lameDuck.value,
      drainSeconds: figures.drain.value,
      flushSeconds: figures.flush.value,
    },
    ...(folders !== undefined && { folders }),
    ...(settings !== undefined && { settings: settingsOf(settings) }),
    ...publication(props),
    ...(telemetry !== undefined && { telemetry }),
  };
}

function publication({ publish }: WebServiceProps): Pick<ServiceContract, 'publish'> {
  if (publish === undefined) return {};
  return { publish: publishContract(publish) };
}
