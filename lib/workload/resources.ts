import { Size } from 'cdk8s';
import { type ContainerResources, Cpu } from 'cdk8s-plus-27';
import type { Figure } from '../plan/figure';
import { type Refinement, set } from '../refine';
import { byteQuantity, milliQuantity } from './quantity';

/** What one container asks for and is held to, in cores and bytes. */
export interface ContainerAmounts {
  readonly cpuRequest: number;
  /** Left out: no limit. */
  readonly cpuLimit?: number | undefined;
  readonly memoryRequest: number;
  readonly memoryLimit: number;
  readonly ephemeralStorageRequest: number;
  readonly ephemeralStorageLimit: number;
}

/** Figures of a plan that say what a container asks for. */
interface AmountFigures {
  readonly cpuRequest: Figure;
  readonly cpuLimit?: Figure;
  readonly memoryRequest: Figure;
  readonly memoryLimit: Figure;
  readonly ephemeralStorageRequest: Figure;
  readonly ephemeralStorageLimit: Figure;
}

/** What a container is limited to, as the model of a program says it. */
export function limitsOf({ cpuLimit, memoryLimit }: Pick<AmountFigures, 'cpuLimit' | 'memoryLimit'>) {
  return {
    ...(cpuLimit !== undefined && { cpuCores: cpuLimit.value }),
    memoryBytes: memoryLimit.value,
  };
}

/** What a plan gives a container. */
export function amountsOf(figures: AmountFigures): ContainerAmounts {
  return {
    cpuRequest: figures.cpuRequest.value,
    cpuLimit: figures.cpuLimit?.value,
    memoryRequest: figures.memoryRequest.value,
    memoryLimit: figures.memoryLimit.value,
    ephemeralStorageRequest: figures.ephemeralStorageRequest.value,
    ephemeralStorageLimit: figures.ephemeralStorageLimit.value,
  };
}

/** The amounts as cdk8s-plus takes them; {@link resourceRefinements} writes them as the API server stores them. */
export function containerResources(amounts: ContainerAmounts): ContainerResources {
  const mebibytes = (bytes: number) => Size.mebibytes(bytes / 2 ** 20);
  const millis = (cores: number) => Cpu.millis(Math.round(cores * 1000));
  const { cpuRequest, cpuLimit, memoryRequest, memoryLimit } = amounts;
  return {
    cpu: { request: millis(cpuRequest), ...(cpuLimit !== undefined && { limit: millis(cpuLimit) }) },
    memory: { request: mebibytes(memoryRequest), limit: mebibytes(memoryLimit) },
  };
}

/**
 * The amounts in the form that the API server stores: cdk8s-plus writes 3000m, fractions of MiB, and whole GiB of
 * storage only.
 *
 * @param container pointer of the container, such as `/spec/template/spec/containers/0`
 */
export function resourceRefinements(container: string, amounts: ContainerAmounts): Refinement[] {
  const { requests, limits } = resourceQuantities(amounts);
  const entries = (kind: string, quantities: Readonly<Record<string, string>>) =>
    Object.entries(quantities).map(([name, value]) => set(`${container}/resources/${kind}/${name}`, value));
  return [...entries('requests', requests), ...entries('limits', limits)];
}

/** The amounts as quantities, in the form that the API server stores. */
export function resourceQuantities(amounts: ContainerAmounts) {
  const { cpuLimit } = amounts;
  return {
    requests: {
      cpu: milliQuantity(amounts.cpuRequest),
      'ephemeral-storage': byteQuantity(amounts.ephemeralStorageRequest),
      memory: byteQuantity(amounts.memoryRequest),
    },
    limits: {
      ...(cpuLimit !== undefined && { cpu: milliQuantity(cpuLimit) }),
      'ephemeral-storage': byteQuantity(amounts.ephemeralStorageLimit),
      memory: byteQuantity(amounts.memoryLimit),
    },
  };
}
