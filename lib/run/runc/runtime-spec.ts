/** What a container is limited to. */
export interface ContainerLimits {
  /** CPU cores; `undefined` means no limit. */
  readonly cpuCores: number | undefined;
  /** Bytes; there is no swap beyond them. */
  readonly memoryBytes: number;
  /** Weight against others who want the CPU at the same time. @default 1024, as any other */
  readonly cpuShares?: number | undefined;
}

/** A folder or file of this machine inside the container. */
export interface ContainerMount {
  readonly source: string;
  readonly destination: string;
  readonly isWritable: boolean;
}

/** A worker's container. */
export interface WorkerContainer {
  /** Folder with the image's files. */
  readonly rootfs: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
  readonly limits: ContainerLimits;
  /** Path of its control group below the hierarchy's root. */
  readonly cgroup: string;
  /** Whether it shares this machine's network; otherwise it has a loopback interface of its own and nothing else. */
  readonly sharesNetwork: boolean;
}

/** The user that workers run as. */
export const WORKER_USER = 65_532;

/** The largest weight that the kernel takes: others get next to nothing of a CPU that such a group wants. */
export const MOST_CPU_SHARES = 262_144;

/** Length of the scheduler's period, in microseconds, as Kubernetes sets it. */
const CPU_PERIOD = 100_000;

const KERNEL_MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  // The Go runtime reads its CPU limit there.
  {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'],
  },
];

const MASKED_PATHS = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/sysrq-trigger',
  '/proc/timer_list',
  '/sys/firmware',
];
const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys'];

/**
 * The config.json of a bundle, as the OCI runtime specification 1.0 has it: the worker as its pod runs it, with a
 * read-only root, no capabilities, no new privileges, and the limits of its plan.
 */
export function runtimeSpec(container: WorkerContainer): object {
  const { rootfs, args, environment, mounts, sharesNetwork } = container;
  const none: string[] = [];
  return {
    ociVersion: '1.0.2',
    root: { path: rootfs, readonly: true },
    hostname: 'worker',
    process: {
      terminal: false,
      user: { uid: WORKER_USER, gid: WORKER_USER },
      args: [...args],
      env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      cwd: '/',
      noNewPrivileges: true,
      capabilities: { bounding: none, effective: none, inheritable: none, permitted: none, ambient: none },
    },
    mounts: [...KERNEL_MOUNTS, ...mounts.map(bind)],
    linux: {
      cgroupsPath: container.cgroup,
      resources: resources(container.limits),
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
        ...(sharesNetwork ? [] : [{ type: 'network' }]),
      ],
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
    },
  };
}

function resources({ cpuCores, memoryBytes, cpuShares }: ContainerLimits): object {
  const quota = cpuCores !== undefined && { quota: Math.round(cpuCores * CPU_PERIOD), period: CPU_PERIOD };
  const cpu = { ...quota, ...(cpuShares !== undefined && { shares: cpuShares }) };
  return {
    devices: [{ allow: false, access: 'rwm' }],
    // The swap of this specification counts memory and swap together.
    memory: { limit: memoryBytes, swap: memoryBytes },
    ...(Object.keys(cpu).length > 0 && { cpu }),
  };
}

function bind({ source, destination, isWritable }: ContainerMount): object {
  const options = ['rbind', 'nosuid', 'nodev', 'noexec', isWritable ? 'rw' : 'ro'];
  return { destination, type: 'bind', source, options };
}
