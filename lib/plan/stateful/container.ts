import { type Figure, figure } from '../figure';
import { formatQuantity } from '../format';
import { POD_LOG_BYTES } from '../kubernetes';
import { ceilNoisy, ceilToMultiple } from '../rounding';
import { type SettledResources, settleResources } from './settle';
import type { StatefulResourcesSpec } from './spec';
import type { StatefulFigures } from './stateful-plan';

const MIB = 2 ** 20;

/** Figures of a container beside the server's; legal numbers stand for wrong ones. */
export function planContainer(spec: StatefulResourcesSpec): Pick<StatefulFigures, ResourceName> {
  return sizeContainer(settleResources(spec, 'resources', []));
}

/** Names of the figures of one container. */
type ResourceName =
  | 'cpuRequest'
  | 'cpuLimit'
  | 'memoryRequest'
  | 'memoryLimit'
  | 'scratch'
  | 'ephemeralStorageRequest'
  | 'ephemeralStorageLimit';

/** What one container asks for and is held to. */
export function sizeContainer(spec: SettledResources): Pick<StatefulFigures, ResourceName> {
  const { cpuRequest, cpuLimit, memoryBytes, scratchBytes } = spec;
  const scratch = Math.max(MIB, ceilToMultiple(scratchBytes, MIB));
  const disk = scratch + POD_LOG_BYTES;
  return {
    cpuRequest: figure(cpuRequest, 'cores', (shown) => `${shown}, given as resources.cpu.request`),
    ...(cpuLimit !== 'none' && { cpuLimit: limitOf(cpuRequest, cpuLimit) }),
    memoryRequest: figure(
      memoryBytes,
      'bytes',
      (shown) => `the limit, ${shown}: who is above its request is evicted first`,
    ),
    memoryLimit: figure(memoryBytes, 'bytes', (shown) => `${shown}, given as resources.memory`),
    scratch: figure(scratch, 'bytes', (shown) => `${shown} in /tmp`),
    ephemeralStorageRequest: figure(disk, 'bytes', (shown) => `the limit, ${shown}`),
    ephemeralStorageLimit: figure(
      disk,
      'bytes',
      (shown) =>
        `${formatQuantity(scratch, 'bytes')} in /tmp + ${formatQuantity(POD_LOG_BYTES, 'bytes')} of logs = ${shown}`,
    ),
  };
}

function limitOf(request: number, given: number | undefined): Figure {
  if (given !== undefined) {
    return figure(given, 'cores', (shown) => `${shown}, given as resources.cpu.limit`);
  }
  return figure(
    Math.max(1, ceilNoisy(2 * request)),
    'cores',
    (shown) =>
      `2 × ${formatQuantity(request, 'cores')}, in whole cores: ${shown}; recovery and elections must not be throttled`,
  );
}
