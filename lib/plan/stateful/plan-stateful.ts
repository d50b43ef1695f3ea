import type { Figure } from '../figure';
import { figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';
import { sizeContainer } from './container';
import { quorumOf, type SettledStateful, settleStateful } from './settle';
import type { StatefulSpec } from './spec';
import { type StatefulFigures, StatefulPlan } from './stateful-plan';

/**
 * Derives all numbers of a stateful service from its spec.
 *
 * Never throws for a wrong number. What is wrong is listed in `problems`, all of it at once; the figures are then
 * computed from legal numbers next to the wrong ones and must not be deployed.
 */
export function planStateful(spec: StatefulSpec): StatefulPlan {
  const problems: Problem[] = [];
  const settled = settleStateful(spec, problems);
  return new StatefulPlan({
    name: spec.name,
    figures: {
      ...members(settled),
      ...sizeContainer(settled),
      ...storage(settled),
      gracePeriod: settled.grace,
      minReadySeconds: settled.minReady,
    },
    problems,
  });
}

function members(spec: SettledStateful): Pick<StatefulFigures, 'replicas' | 'quorum' | 'pdbMaxUnavailable'> {
  const { replicas } = spec;
  return {
    replicas: figure(replicas, 'pods', (shown) => `${shown}, given as replicas`),
    ...(spec.quorum && {
      quorum: figure(
        quorumOf(replicas),
        'pods',
        (shown) => `more than half of ${formatNumber(replicas)}: ${shown} have to agree`,
      ),
    }),
    pdbMaxUnavailable: budget(spec),
  };
}

/** How many members a node drain may take at a time. */
function budget({ replicas, quorum }: SettledStateful): Figure {
  if (replicas === 1) {
    return figure(
      1,
      'pods',
      () => 'a single member: it is down while it moves to another node; 0 would hold up the drain for ever',
    );
  }
  if (!quorum) return figure(1, 'pods', (shown) => `${shown} at a time: members do not vote`);
  const majority = quorumOf(replicas);
  return figure(
    replicas - majority,
    'pods',
    (shown) => `${formatNumber(replicas)} members − the ${formatNumber(majority)} of the quorum = ${shown}`,
  );
}

function storage(spec: SettledStateful): Pick<StatefulFigures, 'storagePerMember' | 'storageTotal'> {
  const sizes = Object.entries(spec.claimBytes);
  if (sizes.length === 0) return {};
  const each = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  const parts = sizes.map(([name, bytes]) => `${formatQuantity(bytes, 'bytes')} (${name})`).join(' + ');
  return {
    storagePerMember: figure(each, 'bytes', () => parts),
    storageTotal: figure(
      each * spec.replicas,
      'bytes',
      (shown) =>
        `${formatQuantity(spec.replicas, 'pods')} × ${formatQuantity(each, 'bytes')} = ${shown} of volumes`,
    ),
  };
}
