import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where control groups of both versions are mounted. */
const HIERARCHY = '/sys/fs/cgroup';

/** What a control group counted. */
export interface MemoryAccount {
  /** Processes that the kernel killed because the group was at its limit. */
  readonly killed: number;
  /** Most memory that the group used at a time, page cache included; `undefined` where the kernel does not say. */
  readonly peakBytes: number | undefined;
}

/**
 * Reads what a control group counted about memory, from version 2 or version 1 of control groups.
 *
 * @param cgroup path below the hierarchy's root
 */
export function readMemoryAccount(cgroup: string, hierarchy = HIERARCHY): MemoryAccount {
  const isUnified = existsSync(join(hierarchy, 'cgroup.controllers'));
  const folder = isUnified ? join(hierarchy, cgroup) : join(hierarchy, 'memory', cgroup);
  const [events, peak] = isUnified
    ? ['memory.events', 'memory.peak']
    : ['memory.oom_control', 'memory.max_usage_in_bytes'];
  const killed = /^oom_kill (\d+)$/m.exec(readText(join(folder, events)))?.[1];
  const peakBytes = Number.parseInt(readText(join(folder, peak)), 10);
  return { killed: Number(killed ?? 0), peakBytes: Number.isNaN(peakBytes) ? undefined : peakBytes };
}

/** What a control group counted about its CPU quota. */
export interface CpuAccount {
  /** Periods of the scheduler, of 100 ms each, in which it ran. */
  readonly periods: number;
  /** Those in which its quota was used up before the end. */
  readonly throttledPeriods: number;
}

/**
 * Reads what a control group counted about its CPU quota (cpu.stat), from version 2 or version 1 of control groups; zeros
 * without a quota.
 *
 * @param cgroup path below the hierarchy's root
 */
export function readCpuAccount(cgroup: string, hierarchy = HIERARCHY): CpuAccount {
  const isUnified = existsSync(join(hierarchy, 'cgroup.controllers'));
  const folder = isUnified ? join(hierarchy, cgroup) : join(hierarchy, 'cpu', cgroup);
  const counters = readText(join(folder, 'cpu.stat'));
  const counter = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(counters)?.[1] ?? 0);
  return { periods: counter('nr_periods'), throttledPeriods: counter('nr_throttled') };
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
