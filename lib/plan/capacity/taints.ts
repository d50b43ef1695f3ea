import type { Toleration } from './pod';

/** What keeps pods off a node. */
interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Whether pods with these tolerations are kept off by none of the taints. */
export function toleratesAll(tolerations: readonly Toleration[], taints: readonly Taint[]): boolean {
  return taints.every(
    (taint) => taint.effect === 'PreferNoSchedule' || tolerations.some((it) => tolerates(it, taint)),
  );
}

/** How many taints keep pods off where there are other nodes, and are not tolerated. */
export function untoleratedPreferences(tolerations: readonly Toleration[], taints: readonly Taint[]): number {
  return taints.filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerations.some((it) => tolerates(it, taint)),
  ).length;
}

/** As the scheduler reads a toleration: without a key it is for every taint, without an effect for every effect. */
function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: Taint) {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''));
}
