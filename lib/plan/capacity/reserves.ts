/** What a node keeps for itself. */
export interface Reserve {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** A machine, as far as reserves depend on it. */
export interface ReservedMachine {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly pods: number;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Where kubelets begin to evict on all three (`evictionHard: memory.available`). */
const EVICTION_BYTES = 100 * MIB;

/** Shares of what lies between one bound and the next. */
type Brackets = readonly (readonly [from: number, share: number])[];

/** Of cores: 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. */
const CORE_BRACKETS: Brackets = [
  [0, 0.06],
  [1, 0.01],
  [2, 0.005],
  [4, 0.0025],
];

/** Of memory: 25 % up to 4 GB, 20 % up to 8, 10 % up to 16, 6 % up to 128, 2 % of the rest; 1 GB is 1,000 MiB there. */
const MEMORY_BRACKETS: Brackets = [
  [0, 0.25],
  [4000 * MIB, 0.2],
  [8000 * MIB, 0.1],
  [16_000 * MIB, 0.06],
  [128_000 * MIB, 0.02],
];

function bracketed(amount: number, brackets: Brackets): number {
  return brackets.reduce((sum, [from, share], index) => {
    const to = Math.min(amount, brackets[index + 1]?.[0] ?? amount);
    return sum + Math.max(to - from, 0) * share;
  }, 0);
}

/**
 * GKE: shares in brackets of cores and memory, and the eviction threshold; before that the kernel keeps a 64th and 16
 * MiB, and 64 MiB for its IO buffers beyond 3 GiB.
 *
 * Sources: https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes, and for the kernel
 * cluster-autoscaler/cloudprovider/gce/reserved.go of https://github.com/kubernetes/autoscaler
 */
export function gkeReserve({ cores, memoryBytes }: ReservedMachine): Reserve {
  const kernel = Math.floor(memoryBytes / 64) + 16 * MIB + (memoryBytes > 3 * GIB ? 64 * MIB : 0);
  const capacity = memoryBytes - kernel;
  const kubelet = capacity <= 1000 * MIB ? 255 * MIB : bracketed(capacity, MEMORY_BRACKETS);
  return {
    cores: thousandths(bracketed(cores, CORE_BRACKETS)),
    memoryBytes: kernel + Math.floor(kubelet / MIB) * MIB + EVICTION_BYTES,
  };
}

/** Share of the memory that hypervisor and kernel keep, as Karpenter takes it (`vmMemoryOverheadPercent`). */
const VM_OVERHEAD = 0.075;

/**
 * EKS: 11 MiB for each pod that a node may have and 255 MiB, cores as on GKE, and the eviction threshold; before that
 * 7.5 % of the memory, which Karpenter takes for what the instance does not show.
 *
 * Sources: nodeadm/internal/kubelet/config.go of https://github.com/awslabs/amazon-eks-ami, and
 * https://karpenter.sh/docs/reference/settings/
 */
export function eksReserve({ cores, memoryBytes, pods }: ReservedMachine): Reserve {
  return {
    cores: thousandths(bracketed(cores, CORE_BRACKETS)),
    memoryBytes: Math.ceil(memoryBytes * VM_OVERHEAD) + (11 * pods + 255) * MIB + EVICTION_BYTES,
  };
}

/** AKS's table of cores; between its rows lies a line. */
const AKS_CORES: readonly (readonly [cores: number, reserved: number])[] = [
  [1, 0.06],
  [2, 0.1],
  [4, 0.14],
  [8, 0.18],
  [16, 0.26],
  [32, 0.42],
  [64, 0.74],
];

/**
 * AKS 1.29 and later: 20 MB for each pod that a node may have and 50 MB, or a quarter of the memory where that is less;
 * cores by a table, and the eviction threshold; before that 7.5 % of the memory, as Karpenter's provider for Azure
 * takes it.
 *
 * Sources: https://learn.microsoft.com/azure/aks/node-resource-reservations, and
 * https://github.com/Azure/karpenter-provider-azure
 */
export function aksReserve({ cores, memoryBytes, pods }: ReservedMachine): Reserve {
  const kubelet = Math.min((20 * pods + 50) * MIB, memoryBytes / 4);
  return {
    cores: thousandths(aksCores(cores)),
    memoryBytes: Math.ceil(memoryBytes * VM_OVERHEAD + kubelet) + EVICTION_BYTES,
  };
}

function aksCores(cores: number): number {
  const above = AKS_CORES.findIndex(([row]) => row >= cores);
  const [upper, lower] = [AKS_CORES[above], AKS_CORES[above - 1]];
  const last = AKS_CORES.at(-1);
  if (upper === undefined) return last === undefined ? 0 : (last[1] * cores) / last[0];
  if (lower === undefined) return upper[1];
  return lower[1] + ((upper[1] - lower[1]) * (cores - lower[0])) / (upper[0] - lower[0]);
}

/** Reserves are set in whole thousandths of a core. */
function thousandths(cores: number): number {
  return Math.floor(cores * 1000 + 1e-9) / 1000;
}
