import { explainFigure, explainPlan } from '../explain';
import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import { POD_LOG_BYTES } from '../kubernetes';

/** The plain spec that an agent on every node is planned from. */
export interface AgentSpec {
  /** CPU cores that one pod asks for. */
  readonly cpuRequest: number;
  /**
   * CPU cores that one pod may use; `'none'`: as many as are free.
   * @default twice the request
   */
  readonly cpuLimit?: number | 'none';
  /** Memory of one pod. */
  readonly memoryBytes: number;
  /** Files in /tmp. */
  readonly scratchBytes: number;
  /**
   * Pods that a rolling update takes at a time.
   * @default a tenth of the nodes, rounded up; 1 where they are not known
   */
  readonly maxUnavailable?: number;
  /** The nodes that it runs on; none when they are not known. */
  readonly pools: readonly AgentNodes[];
}

/** Nodes of one shape. */
export interface AgentNodes {
  readonly name: string;
  /** Most nodes. */
  readonly most: number;
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** Names of the figures of an {@link AgentPlan}, in the order in which they are explained. */
export const AGENT_FIGURE_NAMES = [
  'cpuRequest',
  'cpuLimit',
  'memoryLimit',
  'ephemeralStorageLimit',
  'nodes',
  'maxUnavailable',
  'cpuTotal',
  'memoryTotal',
  'cpuShare',
  'memoryShare',
] as const;

/** Name of one figure of an agent. */
export type AgentFigureName = (typeof AGENT_FIGURE_NAMES)[number];

/** Figures that may be absent: no limit, or the nodes are not known. */
type OptionalName = 'cpuLimit' | 'nodes' | 'cpuTotal' | 'memoryTotal' | 'cpuShare' | 'memoryShare';

/** Figures of an agent by name. */
export type AgentFigures = Readonly<Record<Exclude<AgentFigureName, OptionalName>, Figure>> &
  Readonly<Partial<Record<OptionalName, Figure>>>;

const UNKNOWN = 'the environment names no nodePools';
const LEFT_OUT = {
  cpuLimit: "resources.cpu.limit is 'none'",
  nodes: UNKNOWN,
  cpuTotal: UNKNOWN,
  memoryTotal: UNKNOWN,
  cpuShare: UNKNOWN,
  memoryShare: UNKNOWN,
};

/** What an agent takes of each node and of all nodes together. */
export class AgentPlan {
  constructor(
    /** Every number with its reason. */
    readonly figures: AgentFigures,
  ) {}

  /**
   * Every number with its reason, as an aligned table for a fixed-width font; no line break at the end.
   *
   * @param name only this figure
   * @default all figures
   */
  explain(name?: AgentFigureName): string {
    const plan = { names: AGENT_FIGURE_NAMES, figures: this.figures, leftOut: LEFT_OUT, downstream: [] };
    return name === undefined
      ? explainPlan<AgentFigureName>(plan)
      : explainFigure<AgentFigureName>(plan, name);
  }
}

/** Plans an agent. */
export function planAgent(spec: AgentSpec): AgentPlan {
  const { cpuRequest, cpuLimit = 2 * cpuRequest, memoryBytes, scratchBytes, pools } = spec;
  return new AgentPlan({
    cpuRequest: figure(
      cpuRequest,
      'cores',
      (shown) => `${shown} of each node, given as resources.cpu.request`,
    ),
    ...(cpuLimit !== 'none' && {
      cpuLimit: figure(
        cpuLimit,
        'cores',
        (shown) =>
          `${shown}, ${spec.cpuLimit === undefined ? 'twice the request' : 'given as resources.cpu.limit'}`,
      ),
    }),
    memoryLimit: figure(
      memoryBytes,
      'bytes',
      (shown) => `${shown} of each node, given as resources.memory; asked for as well`,
    ),
    ephemeralStorageLimit: figure(
      scratchBytes + POD_LOG_BYTES,
      'bytes',
      (shown) =>
        `${formatQuantity(scratchBytes, 'bytes')} in /tmp + ${formatQuantity(POD_LOG_BYTES, 'bytes')} of logs = ${shown}`,
    ),
    maxUnavailable: maxUnavailable(spec),
    ...(pools.length > 0 && { nodes: nodes(pools), ...totals(spec), ...shares(spec) }),
  });
}

function countOf(pools: readonly AgentNodes[]): number {
  return pools.reduce((sum, { most }) => sum + most, 0);
}

function nodes(pools: readonly AgentNodes[]): Figure {
  const parts = pools.map(({ name, most }) => `${name} ${formatNumber(most)}`);
  return figure(countOf(pools), 'count', (shown) => `${parts.join(' + ')} at most = ${shown} nodes`);
}

function maxUnavailable({ maxUnavailable: given, pools }: AgentSpec): Figure {
  const count = countOf(pools);
  return figure(given ?? Math.max(1, Math.ceil(count / 10)), 'pods', (shown) => {
    if (given !== undefined) return `${shown} at a time, given as rollout.maxUnavailable`;
    return count === 0
      ? `${shown} at a time`
      : `a tenth of ${formatNumber(count)} nodes, rounded up: ${shown} at a time`;
  });
}

function totals({
  cpuRequest,
  memoryBytes,
  pools,
}: AgentSpec): Pick<AgentFigures, 'cpuTotal' | 'memoryTotal'> {
  const count = countOf(pools);
  const times = (each: string) => (shown: string) => `${formatNumber(count)} nodes × ${each} = ${shown}`;
  return {
    cpuTotal: figure(count * cpuRequest, 'cores', times(formatQuantity(cpuRequest, 'cores'))),
    memoryTotal: figure(count * memoryBytes, 'bytes', times(formatQuantity(memoryBytes, 'bytes'))),
  };
}

function shares({
  cpuRequest,
  memoryBytes,
  pools,
}: AgentSpec): Pick<AgentFigures, 'cpuShare' | 'memoryShare'> {
  const cpu = Math.min(...pools.map(({ cpuCores }) => cpuCores));
  const memory = Math.min(...pools.map((pool) => pool.memoryBytes));
  const share = (part: string, whole: string) => (shown: string) =>
    `${part} ÷ ${whole} of the smallest node = ${shown}`;
  return {
    cpuShare: figure(
      (100 * cpuRequest) / cpu,
      'percent',
      share(formatQuantity(cpuRequest, 'cores'), formatQuantity(cpu, 'cores')),
    ),
    memoryShare: figure(
      (100 * memoryBytes) / memory,
      'percent',
      share(formatQuantity(memoryBytes, 'bytes'), formatQuantity(memory, 'bytes')),
    ),
  };
}
