import { Chart } from 'cdk8s';
import { type DaemonSet, EnvValue, type IServiceAccount, Service, type ServiceAccount } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { appSettingsOf } from '../app-settings';
import { capacityPool } from '../capacity/pools';
import { Environment } from '../environment/environment';
import type { NodePool } from '../environment/props';
import { describeApp } from '../model';
import { NetworkAccess } from '../network/network-access';
import { type AgentFigures, type AgentPlan, planAgent } from '../plan/agent/agent-plan';
import { formatProblem } from '../plan/problem';
import { PriorityClass } from '../priority/priority-class';
import { requireProps } from '../shape/require-shape';
import { connectedEnvironment, connectNetwork } from '../workload/connect';
import { exposePorts } from '../workload/expose-ports';
import { findImage } from '../workload/image';
import { workloadLabels, workloadSelector } from '../workload/labels';
import { METRICS_PORT } from '../workload/names';
import { type Placement, placementOf } from '../workload/placement';
import { bytes, cores } from '../workload/quantity';
import { workloadAccount } from '../workload/service-account';
import { checkAgent } from './check';
import { agentDaemonSet } from './pods';
import type { NodeAgentProps } from './props';

const SCRATCH_BYTES = 16 * 2 ** 20;

/** Above every priority that workloads usually have, below the cluster's own classes. */
const PRIORITY = 1_000_000;

/** Part of the memory limit that Go may use for its heap. */
const HEAP_SHARE = 0.9;

/**
 * A pod on every node, or on every node of some pools, with a budget of its own: what it takes of each node and of all
 * of them is planned, see {@link plan}. It gets what `needs` says of the node and is closed otherwise: no capabilities,
 * a root file system and folders of the node that cannot be written to, no token.
 *
 * ```ts
 * const tail = new NodeAgent(this, 'tail', {
 *   app: GoApp.fromDirectory('apps/tail', { kind: 'program' }),
 *   needs: { hostPaths: [{ path: '/var/log/pods' }], root: true },
 *   resources: { cpu: { request: Cpu.millis(50) }, memory: Size.mebibytes(64) },
 * });
 * tail.plan.explain();
 * ```
 *
 * Its namespace has to allow what it needs: `namespaces: [{ name: 'agents', podSecurity: 'privileged' }]` of an
 * Environment, and a chart in that namespace.
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class NodeAgent extends Construct {
  /** What it takes of each node and of all nodes together. */
  readonly plan: AgentPlan;
  /** The pods. */
  readonly daemonSet: DaemonSet;
  /** The identity of the pods; no token is mounted. */
  readonly serviceAccount: ServiceAccount;
  /** Each pod's metrics, headless; none without a port for them. */
  readonly metrics: Service | undefined;
  /** What the pods may call, and who may call them. Pods in the node's network are not held by it. */
  readonly network: NetworkAccess;
  /** The class of its own; none when another one is named. */
  readonly priorityClass: PriorityClass | undefined;

  constructor(scope: Construct, id: string, props: NodeAgentProps) {
    requireProps('NodeAgent', { scope, id, isSubclass: new.target !== NodeAgent }, props);
    super(scope, id);
    const { resources, connections = [], egress = [] } = props;
    this.priorityClass = props.priority === undefined ? this.ownClass(id) : undefined;
    const placement = this.place(props);
    const pools = (Environment.find(this)?.nodePools ?? []).filter(
      ({ name }) => props.nodePools?.includes(name) ?? true,
    );
    const scratchBytes = resources.scratch === undefined ? SCRATCH_BYTES : bytes(resources.scratch);
    this.plan = planAgent(specOf(props, pools, scratchBytes));
    const image = this.findImage(id, props);
    const connected = connectedEnvironment(connections);
    const problems = [
      ...checkAgent(this, props),
      ...image.problems,
      ...connected.problems,
      ...placement.problems,
    ];
    this.node.addValidation({ validate: () => problems.map(formatProblem) });

    const labels = workloadLabels(this, id, image.app);
    const common = { name: id, labels };
    const metricsPort = props.metricsPort ?? (props.app === undefined ? undefined : METRICS_PORT.number);
    this.serviceAccount = workloadAccount(this, { ...common, placement });
    this.daemonSet = agentDaemonSet(this, {
      ...{ ...common, props, placement, metricsPort, scratchBytes, figures: this.plan.figures },
      image: image.reference,
      env: { ...connected.env, ...(props.app !== undefined && goEnvironment(this.plan.figures)) },
      // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
      serviceAccount: this.serviceAccount as IServiceAccount,
      pools: props.nodePools === undefined ? [] : pools,
    });
    this.network = new NetworkAccess(this, 'NetworkPolicy', {
      ...common,
      pods: workloadSelector(id),
      ingress: metricsPort === undefined ? [] : [{ all: 'cluster', ports: [metricsPort] }],
      egress: [...egress, ...placement.egress],
      owner: this,
    });
    connectNetwork(this.network, connections);
    this.metrics = metricsPort === undefined ? undefined : this.metricsService(common, metricsPort);
  }

  /** Sandboxes of a RuntimeClass keep pods away from the node, so an agent runs without. */
  private place({ identity, priority = this.priorityClass }: NodeAgentProps): Placement {
    const chosen = {
      ...(identity !== undefined && { identity }),
      ...(priority !== undefined && { priority }),
    };
    return { ...placementOf(this, chosen), runtimeClass: undefined };
  }

  private ownClass(id: string): PriorityClass {
    const { namespace } = Chart.of(this);
    return new PriorityClass(this, 'PriorityClass', {
      name: namespace === undefined ? id : `${namespace}-${id}`,
      value: PRIORITY,
      description: `${id} on every node`,
    });
  }

  private findImage(id: string, { app, image }: NodeAgentProps) {
    if (app === undefined) return { reference: image, app: id, problems: [] };
    const settings = appSettingsOf(this);
    const environment = Environment.find(this);
    const registry = environment?.registry ?? settings.registry;
    describeApp(this, () => ({
      path: this.node.path,
      name: id,
      ...(environment !== undefined && { environmentName: environment.name }),
      app: app.describe(registry),
    }));
    return { ...findImage(app.reference(registry), settings), app: app.name };
  }

  private metricsService({ name, labels }: { name: string; labels: Record<string, string> }, number: number) {
    const metadata = { name: `${name}-metrics`, labels };
    const service = new Service(this, 'MetricsService', { metadata, clusterIP: 'None' });
    return exposePorts(service, name, [{ name: METRICS_PORT.name, number }]);
  }
}

function specOf({ resources, rollout }: NodeAgentProps, pools: readonly NodePool[], scratchBytes: number) {
  const { cpu, memory } = resources;
  return {
    cpuRequest: cores(cpu.request),
    ...(cpu.limit !== undefined && { cpuLimit: cpu.limit === 'none' ? ('none' as const) : cores(cpu.limit) }),
    memoryBytes: bytes(memory),
    scratchBytes,
    ...(rollout?.maxUnavailable !== undefined && { maxUnavailable: rollout.maxUnavailable }),
    pools: pools.flatMap((pool) => {
      const { cpu: cpuCores, memory: memoryBytes } = capacityPool(pool).allocatable;
      // A pool of unknown machines is a problem of its environment.
      if (cpuCores === undefined || memoryBytes === undefined) return [];
      return { name: pool.name, most: pool.nodes.max, cpuCores, memoryBytes };
    }),
  };
}

/** What bounds the Go runtime: the threads that it may use, and its heap. */
function goEnvironment({ cpuLimit, cpuRequest, memoryLimit }: AgentFigures): Record<string, EnvValue> {
  const threads = Math.max(1, Math.ceil((cpuLimit ?? cpuRequest).value));
  const heap = Math.floor(memoryLimit.value * HEAP_SHARE);
  return {
    GOMAXPROCS: EnvValue.fromValue(String(threads)),
    GOMEMLIMIT: EnvValue.fromValue(String(heap)),
  };
}
