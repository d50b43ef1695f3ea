import type { Size } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-27';
import type { ResourcesSpec } from '../plan/spec';
import { bytes, cores } from './quantity';

/** CPU and memory of one pod. */
export interface PodResources {
  /**
   * CPU of one pod.
   * @default derived from the tasks or requests
   */
  readonly cpu?: {
    /**
     * What is kept free for the pod.
     * @default what the slots use, in steps of 10m
     */
    readonly request?: Cpu;
    /**
     * What the pod may use at most. `'none'` leaves the limit out: then GOMAXPROCS follows the request.
     * @default a quarter above what the slots use, rounded up to whole cores
     */
    readonly limit?: Cpu | 'none';
  };
  /**
   * Memory of one pod.
   * @default derived from the tasks or requests
   */
  readonly memory?: {
    /**
     * What is kept free for the pod.
     * @default the limit
     */
    readonly request?: Size;
    /**
     * Above it the pod is killed.
     * @default what full slots need, and a tenth for what Go does not count
     */
    readonly limit?: Size;
  };
}

/** The same for the plan. */
export function resourcesSpec({ cpu, memory }: PodResources): ResourcesSpec {
  return {
    ...(cpu !== undefined && {
      cpu: {
        ...(cpu.request !== undefined && { request: cores(cpu.request) }),
        ...(cpu.limit !== undefined && { limit: cpu.limit === 'none' ? 'none' : cores(cpu.limit) }),
      },
    }),
    ...(memory !== undefined && {
      memory: {
        ...(memory.request !== undefined && { request: bytes(memory.request) }),
        ...(memory.limit !== undefined && { limit: bytes(memory.limit) }),
      },
    }),
  };
}
