import type { Allocatable, NodePool } from '../environment/props';
import type { Amounts } from '../plan/capacity/amounts';
import { allocatableOf, MACHINES } from '../plan/capacity/machines';
import { type CapacityPool, DEFAULT_PODS, UNBOUNDED } from '../plan/capacity/node';
import { bytes, cores } from '../workload/quantity';

/** A node pool without problems, in plain numbers. */
export function capacityPool(pool: NodePool): CapacityPool {
  const { name, labels, taints = [], machine, nodes, zones, allocatable, reserve = {} } = pool;
  const known = machine === undefined ? undefined : MACHINES.get(machine);
  const given = allocatable === undefined ? known && allocatableOf(known) : plainAmounts(allocatable);
  const all: Amounts = { 'ephemeral-storage': UNBOUNDED, pods: DEFAULT_PODS, ...given };
  const taken: Amounts = {
    cpu: reserve.cpu === undefined ? 0 : cores(reserve.cpu),
    memory: reserve.memory === undefined ? 0 : bytes(reserve.memory),
    pods: reserve.pods ?? 0,
  };
  const rest = Object.entries(all).map(([resource, amount]) => {
    return [resource, Math.max(amount - (taken[resource] ?? 0), 0)] as const;
  });
  return {
    name,
    labels: { ...(known !== undefined && { 'kubernetes.io/arch': known.arch }), ...labels },
    taints,
    allocatable: Object.fromEntries(rest),
    nodes,
    ...(machine !== undefined && { machine }),
    ...(zones !== undefined && { zones }),
  };
}

function plainAmounts({ cpu, memory, pods, ephemeralStorage, extended }: Allocatable): Amounts {
  return {
    cpu: cores(cpu),
    memory: bytes(memory),
    ...(pods !== undefined && { pods }),
    ...(ephemeralStorage !== undefined && { 'ephemeral-storage': bytes(ephemeralStorage) }),
    ...extended,
  };
}
