import { figure } from '../figure';
import type { Figures } from '../figures';
import { formatQuantity } from '../format';
import { POD_LOG_BYTES } from '../kubernetes';
import { BYTES_MAX } from '../machine';
import type { Problem } from '../problem';
import { ceilToMultiple } from '../rounding';
import type { SettledPod } from '../settled-spec';

const MIB = 2 ** 20;

/** Sizes /tmp, and with the container's logs the pod's ephemeral storage. The root file system is read-only. */
export function sizeStorage(
  spec: SettledPod,
  slots: number,
): Pick<Figures, 'scratch' | 'ephemeralStorageRequest' | 'ephemeralStorageLimit'> {
  const { base, each } = spec.scratch;
  // A size limit of 0 would mean no limit.
  const bytes = Math.max(MIB, ceilToMultiple(base + each * slots, MIB));
  const sum = `${formatQuantity(base, 'bytes')} + ${formatQuantity(slots, 'slots')} × ${formatQuantity(each, 'bytes')}`;
  const total = bytes + POD_LOG_BYTES;
  return {
    scratch: figure(bytes, 'bytes', (shown) => `${sum} in /tmp, rounded up to ${shown}`),
    ephemeralStorageRequest: figure(
      total,
      'bytes',
      (shown) => `the limit, ${shown}: a pod above its request is evicted first when a node's disk is full`,
    ),
    ephemeralStorageLimit: figure(
      total,
      'bytes',
      (shown) =>
        `${formatQuantity(bytes, 'bytes')} in /tmp + ${formatQuantity(POD_LOG_BYTES, 'bytes')} of logs = ${shown}`,
    ),
  };
}

/** Refuses files that no disk of a node holds. */
export function checkStorage(spec: SettledPod, slots: number, problems: Problem[]): void {
  const bytes = spec.scratch.base + spec.scratch.each * slots;
  if (bytes > BYTES_MAX) {
    problems.push({
      prop: `${spec.work.one}.scratch.${spec.work.perOne}`,
      wanted: `must fit ${formatQuantity(slots, 'slots')} times into ${formatQuantity(BYTES_MAX, 'bytes')}`,
      got: formatQuantity(spec.scratch.each, 'bytes'),
      fix: 'Lower it, or lower concurrency.',
    });
  }
}
