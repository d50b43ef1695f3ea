import { Duration } from 'cdk8s';
import {
  type ContainerProps,
  DaemonSet,
  DnsPolicy,
  type EnvValue,
  HostPathVolumeType,
  ImagePullPolicy,
  type IServiceAccount,
  LabelSelector,
  Node,
  NodeLabelQuery,
  NodeTaintQuery,
  Volume,
  type VolumeMount,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { NodePool } from '../environment/props';
import type { AgentFigures } from '../plan/agent/agent-plan';
import { type Refinement, remove, set } from '../refine';
import { hardenedPod, hardenPods } from '../workload/hardened-pod';
import { workloadSelector } from '../workload/labels';
import { METRICS_PORT } from '../workload/names';
import type { Placement } from '../workload/placement';
import { containerSecurityContext, USER } from '../workload/pod-security';
import { PROBES } from '../workload/probes';
import { type ContainerAmounts, containerResources, resourceRefinements } from '../workload/resources';
import { scratchVolume } from '../workload/runtime-volumes';
import { tolerate } from '../workload/scheduling';
import { capabilityName, type HostFolder, type NodeNeeds } from './needs';
import type { NodeAgentProps } from './props';

/** What an agent's DaemonSet is made from. */
export interface AgentPodsInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: AgentFigures;
  readonly props: NodeAgentProps;
  readonly image: string;
  /** Variables of what it is connected to, and those that Capstan sets. */
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly metricsPort: number | undefined;
  readonly scratchBytes: number;
  readonly serviceAccount: IServiceAccount;
  readonly placement: Placement;
  /** The pools that it runs on; none: every node. */
  readonly pools: readonly NodePool[];
}

const POD = '/spec/template/spec';
const CONTAINER = `${POD}/containers/0`;
const GRACE = Duration.seconds(30);

/** The DaemonSet of an agent. `scope` becomes the parent of its volumes as well. */
export function agentDaemonSet(scope: Construct, input: AgentPodsInput): DaemonSet {
  const { name, labels, figures, props, serviceAccount, placement, pools } = input;
  const { needs = {}, gracePeriod = GRACE } = props;
  const amounts = amountsOf(figures);
  const base = hardenedPod({
    ...{ name, labels, serviceAccount, gracePeriod },
    ...(needs.root === true && { user: 0 }),
  });
  const daemonSet = new DaemonSet(scope, 'DaemonSet', {
    metadata: { name, labels },
    ...base,
    ...(needs.hostNetwork === true && {
      hostNetwork: true,
      dns: { ...base.dns, policy: DnsPolicy.CLUSTER_FIRST_WITH_HOST_NET },
    }),
    containers: [container(scope, input, amounts)],
  });
  daemonSet.select(LabelSelector.of({ labels: workloadSelector(name) }));
  chooseNodes(daemonSet, pools);
  hardenPods(daemonSet, {
    ...{ name, placement, kind: 'DaemonSet', selects: false },
    refinements: [
      ...resourceRefinements(CONTAINER, amounts),
      set('/spec/updateStrategy', {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: figures.maxUnavailable.value },
      }),
      ...needRefinements(needs),
    ],
  });
  return daemonSet;
}

/** Without pools it tolerates every taint, as what has to be on every node does. */
function chooseNodes(daemonSet: DaemonSet, pools: readonly NodePool[]): void {
  if (pools.length === 0) daemonSet.scheduling.tolerate(Node.tainted(NodeTaintQuery.any()));
  for (const { labels, taints = [] } of pools) {
    const queries = Object.entries(labels).map(([key, value]) => NodeLabelQuery.is(key, value));
    daemonSet.scheduling.attract(Node.labeled(...queries));
    tolerate(daemonSet, taints);
  }
}

function amountsOf(figures: AgentFigures): ContainerAmounts {
  const memory = figures.memoryLimit.value;
  const disk = figures.ephemeralStorageLimit.value;
  return {
    cpuRequest: figures.cpuRequest.value,
    cpuLimit: figures.cpuLimit?.value,
    memoryRequest: memory,
    memoryLimit: memory,
    ephemeralStorageRequest: disk,
    ephemeralStorageLimit: disk,
  };
}

function container(scope: Construct, input: AgentPodsInput, amounts: ContainerAmounts): ContainerProps {
  const { props, image, env, metricsPort, scratchBytes } = input;
  const { needs = {}, args, probes, volumes = [] } = props;
  const onHost = needs.hostNetwork === true;
  const ports = [
    ...(metricsPort === undefined ? [] : [{ name: METRICS_PORT.name, number: metricsPort, isHost: onHost }]),
    ...(needs.hostPorts ?? []).map((number) => ({ name: `host-${number}`, number, isHost: true })),
  ];
  return {
    name: 'agent',
    image,
    imagePullPolicy: ImagePullPolicy.ALWAYS,
    envVariables: { ...props.env, ...env },
    ...(args !== undefined && { args: [...args] }),
    ports: ports.map(({ name, number, isHost }) => ({ name, number, ...(isHost && { hostPort: number }) })),
    ...(probes ?? (props.app === undefined ? {} : PROBES)),
    resources: containerResources(amounts),
    securityContext: {
      ...containerSecurityContext(needs.root === true ? 0 : USER),
      ...(needs.privileged === true && { privileged: true, allowPrivilegeEscalation: true }),
    },
    volumeMounts: [
      scratchVolume(scope, scratchBytes),
      ...(needs.hostPaths ?? []).map((folder) => hostMount(scope, folder)),
      ...volumes,
    ],
  };
}

/** A folder of the node, read-only unless said otherwise. Named by its path, so that the order of folders says nothing. */
function hostMount(scope: Construct, { path, mountPath = path, writable = false }: HostFolder): VolumeMount {
  const name = `host${path.replaceAll(/[^A-Za-z0-9]+/g, '-').toLowerCase()}`.replace(/-$/, '');
  const type = HostPathVolumeType.DIRECTORY;
  const volume = Volume.fromHostPath(scope, `Volume-${name}`, name, { path, type });
  return { path: mountPath, volume, readOnly: !writable };
}

function needRefinements(needs: NodeNeeds): Refinement[] {
  const add = needs.capabilities?.map(capabilityName) ?? [];
  const context = `${CONTAINER}/securityContext/capabilities`;
  return [
    ...(['hostPID', 'hostIPC'] as const).flatMap((need) =>
      needs[need] === true ? [set(`${POD}/${need}`, true)] : [],
    ),
    ...(add.length > 0 ? [set(context, { drop: ['ALL'], add })] : []),
    ...(needs.privileged === true ? [set(context, {}), remove(`${POD}/securityContext/seccompProfile`)] : []),
  ];
}
