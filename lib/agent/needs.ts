import type { Capability } from 'cdk8s-plus-27';
import type { PodSecurityLevel } from '../environment/pod-security';

/** What an agent needs of its node. Everything that is left out stays closed. */
export interface NodeNeeds {
  /**
   * Folders of the node.
   * @default none
   */
  readonly hostPaths?: readonly HostFolder[];
  /**
   * The node's network instead of one of its own: no NetworkPolicy holds such pods.
   * @default false
   */
  readonly hostNetwork?: boolean;
  /**
   * The node's processes.
   * @default false
   */
  readonly hostPID?: boolean;
  /**
   * The node's shared memory.
   * @default false
   */
  readonly hostIPC?: boolean;
  /**
   * TCP ports of the node that lead to the pod.
   * @default none
   */
  readonly hostPorts?: readonly number[];
  /**
   * Capabilities; all others are dropped.
   * @default none
   */
  readonly capabilities?: readonly Capability[];
  /**
   * To run as root, such as to read files that only root may read.
   * @default false: user 65532
   */
  readonly root?: boolean;
  /**
   * Everything: devices, all capabilities, no seccomp.
   * @default false
   */
  readonly privileged?: boolean;
}

/** A folder of the node. */
export interface HostFolder {
  /** Folder on the node, from / on. It has to exist. */
  readonly path: string;
  /**
   * Where it is in the container.
   * @default the same path
   */
  readonly mountPath?: string;
  /**
   * Whether the agent may change it.
   * @default false
   */
  readonly writable?: boolean;
}

/** A need, and the lowest Pod Security level that allows it. */
export interface NeededLevel {
  /** The property: `hostPaths`. */
  readonly need: string;
  readonly level: PodSecurityLevel;
}

/** Capabilities that *baseline* allows. */
const USUAL = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Levels from the strictest to the one that allows everything. */
const LEVELS: readonly PodSecurityLevel[] = ['restricted', 'baseline', 'privileged'];

/** Which level each need takes (kubernetes.io/docs/concepts/security/pod-security-standards). */
export function neededLevels(needs: NodeNeeds): NeededLevel[] {
  const { hostPaths = [], hostPorts = [], capabilities = [] } = needs;
  const whole = (['hostNetwork', 'hostPID', 'hostIPC', 'privileged'] as const).filter((need) => needs[need]);
  const names = capabilities.map(capabilityName).filter((name) => name !== 'NET_BIND_SERVICE');
  const unusual = names.some((name) => !USUAL.includes(name));
  return [
    ...(hostPaths.length > 0 ? ['hostPaths'] : []),
    ...(hostPorts.length > 0 ? ['hostPorts'] : []),
    ...whole,
    ...(unusual ? ['capabilities'] : []),
  ]
    .map((need): NeededLevel => ({ need, level: 'privileged' }))
    .concat(names.length > 0 && !unusual ? [{ need: 'capabilities', level: 'baseline' }] : [])
    .concat(needs.root === true ? [{ need: 'root', level: 'baseline' }] : []);
}

/** Whether a level allows what takes another one. */
export function allows(level: PodSecurityLevel, needed: PodSecurityLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(needed);
}

/** A capability as Kubernetes names it: without the CAP_ that cdk8s-plus writes. */
export function capabilityName(capability: Capability): string {
  return capability.replace(/^CAP_/, '');
}
