import type { Amounts } from './amounts';
import { aksReserve, eksReserve, gkeReserve, type Reserve } from './reserves';
import aws from './shapes/aws.json';
import azure from './shapes/azure.json';
import gcp from './shapes/gcp.json';

/** A type of machine, and what a node of it gives to pods. */
export interface Machine {
  /** Name of the type, as its cloud has it. */
  readonly name: string;
  /** The cloud. */
  readonly cloud: 'aws' | 'gcp' | 'azure';
  /** Architecture of its processors, as nodes have it as a label. */
  readonly arch: string;
  /** Cores that the type has. */
  readonly cores: number;
  /** Memory that the type has. */
  readonly memoryBytes: number;
  /** Most pods of a node, where the cloud's Kubernetes is set up as it comes. */
  readonly pods: number;
}

interface Shape {
  readonly cpu: number;
  readonly memoryGiB: number;
  readonly pods: number;
  readonly arch: string;
}

/** The files name their sources. */
const SHAPES: readonly (readonly [Machine['cloud'], Readonly<Record<string, Shape>>])[] = [
  ['aws', aws.machines],
  ['gcp', gcp.machines],
  ['azure', azure.machines],
];

const RESERVES: Readonly<Record<Machine['cloud'], (machine: Machine) => Reserve>> = {
  aws: eksReserve,
  gcp: gkeReserve,
  azure: aksReserve,
};

/** Every type of machine that Capstan knows, by name. */
export const MACHINES: ReadonlyMap<string, Machine> = new Map(
  SHAPES.flatMap(([cloud, shapes]) =>
    Object.entries(shapes).map(([name, { cpu, memoryGiB, pods, arch }]) => [
      name,
      { name, cloud, arch, cores: cpu, memoryBytes: memoryGiB * 2 ** 30, pods },
    ]),
  ),
);

/**
 * What a node of a type gives to pods on EKS, GKE or AKS: its capacity less what the kernel keeps, what is reserved for
 * the system and the kubelet, and where the kubelet begins to evict.
 */
export function allocatableOf(machine: Machine): Amounts {
  const { cores, memoryBytes } = RESERVES[machine.cloud](machine);
  return { cpu: machine.cores - cores, memory: machine.memoryBytes - memoryBytes, pods: machine.pods };
}
