import { describe, expect, test } from '@jest/globals';
import { readCpuAccount, readMemoryAccount } from '../../lib/run/runc/cgroup';
import { containerLimits } from '../../lib/run/runc/container';
import { runtimeSpec, type WorkerContainer } from '../../lib/run/runc/runtime-spec';
import { exampleModel } from '../cli/example-program';
import { temporaryFolder } from '../temporary-folder';

const container: WorkerContainer = {
  rootfs: '/bundle/rootfs',
  args: ['/resize'],
  environment: { GOMEMLIMIT: '100' },
  mounts: [
    { source: '/photos', destination: '/data/in', isWritable: false },
    { source: '/out', destination: '/data/out', isWritable: true },
  ],
  limits: { cpuCores: 0.5, memoryBytes: 1000 },
  cgroup: '/capstan-1',
  sharesNetwork: false,
};

// biome-ignore lint/suspicious/noExplicitAny: the specification's document, as runc reads it
const spec = (change: Partial<WorkerContainer> = {}): any => runtimeSpec({ ...container, ...change });

describe('the container', () => {
  test('is confined as a restricted pod is', () => {
    const { root, process } = spec();
    expect(root.readonly).toBe(true);
    expect(process.user).toEqual({ uid: 65_532, gid: 65_532 });
    expect(process.noNewPrivileges).toBe(true);
    expect(Object.values(process.capabilities).flat()).toEqual([]);
    expect(Object.keys(process.capabilities)).toHaveLength(5);
  });

  test('has the limits, and no swap beyond the memory', () => {
    const { resources } = spec().linux;
    expect(resources.cpu).toEqual({ quota: 50_000, period: 100_000 });
    expect(resources.memory).toEqual({ limit: 1000, swap: 1000 });
  });

  test('has no CPU quota without a limit', () => {
    expect(spec({ limits: { cpuCores: undefined, memoryBytes: 1000 } }).linux.resources).not.toHaveProperty(
      'cpu',
    );
  });

  test('reads its tasks and writes its results', () => {
    const binds = spec().mounts.filter((mount: { type: string }) => mount.type === 'bind');
    expect(binds.map((mount: { options: string[] }) => mount.options.at(-1))).toEqual(['ro', 'rw']);
  });

  test('shares the network only when asked to', () => {
    const networks = (sharesNetwork: boolean) =>
      spec({ sharesNetwork }).linux.namespaces.filter(({ type }: { type: string }) => type === 'network')
        .length;
    expect([networks(false), networks(true)]).toEqual([1, 0]);
  });

  test("has the plan's limits, unless others are given", () => {
    const { plan } = exampleModel();
    const planned = { cpuCores: plan.figures.cpuLimit?.value, memoryBytes: plan.figures.memoryLimit.value };
    expect(containerLimits(plan)).toEqual(planned);
    expect(containerLimits(plan, { memoryBytes: 5 })).toEqual({ ...planned, memoryBytes: 5 });
  });
});

describe('the account of memory', () => {
  test('is read from control groups of version 2', () => {
    const folder = temporaryFolder({
      'cgroup.controllers': 'cpu memory\n',
      'a/memory.events': 'low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 0\n',
      'a/memory.peak': '4096\n',
    });
    expect(readMemoryAccount('a', folder)).toEqual({ killed: 1, peakBytes: 4096 });
  });

  test('is read from control groups of version 1', () => {
    const folder = temporaryFolder({
      'memory/a/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
      'memory/a/memory.max_usage_in_bytes': '8192\n',
    });
    expect(readMemoryAccount('a', folder)).toEqual({ killed: 2, peakBytes: 8192 });
  });

  test('is empty for a group that never was', () => {
    expect(readMemoryAccount('a', temporaryFolder())).toEqual({ killed: 0, peakBytes: undefined });
  });
});

describe('the account of the CPU quota', () => {
  const text = 'nr_periods 40\nnr_throttled 12\nthrottled_time 900\n';

  test.each([
    ['2', { 'cgroup.controllers': 'cpu\n', 'a/cpu.stat': `usage_usec 5\n${text}` }],
    ['1', { 'cpu/a/cpu.stat': text }],
  ])('is read from control groups of version %s', (_, files) => {
    expect(readCpuAccount('a', temporaryFolder(files))).toEqual({ periods: 40, throttledPeriods: 12 });
  });

  test('is empty for a group that never was', () => {
    expect(readCpuAccount('a', temporaryFolder())).toEqual({ periods: 0, throttledPeriods: 0 });
  });
});
