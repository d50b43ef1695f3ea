import type { JsonObject } from '../../json-value';
import { within } from '../../plan/fields';
import { handoverCommand } from '../../workload/handover-command';
import { identityOf } from '../identity';
import { type ChangedObject, type Hazard, wayOut } from './change';

const RULE = 'replicas-handover';
const SCALERS = ['HorizontalPodAutoscaler', 'ScaledObject'];

/**
 * The number of pods of a running workload that is in its manifest no more: an apply without `replicas` takes the field
 * out, and the API server sets it to 1 (kubernetes#67135), whether an autoscaler is to take it over or not. A server-side apply leaves it where another field manager
 * holds it, a client-side one where the last apply did not have it.
 *
 * @param all the documents that its cluster is to have
 */
export function handoverHazards(change: ChangedObject, all: readonly JsonObject[]): Hazard[] {
  const { identity, before, after } = change;
  const { group, kind, namespace, name } = identity;
  if (group !== 'apps' || (kind !== 'Deployment' && kind !== 'StatefulSet')) return [];
  const replicas = within(before, 'spec', 'replicas');
  if (typeof replicas !== 'number' || replicas <= 1 || within(after, 'spec', 'replicas') !== undefined)
    return [];
  const scaler = all.find((document) => SCALERS.includes(String(document.kind)) && isFor(document, change));
  return [
    {
      rule: RULE,
      problem: {
        prop: `${kind} ${name} /spec/replicas`,
        wanted:
          scaler === undefined
            ? 'must stay, or be held by somebody else before it goes, or an apply sets it to 1'
            : `must be held by somebody else before ${String(scaler.kind)} takes it over, or an apply sets it to 1`,
        got: `${replicas} in the committed manifest and none now`,
        fix: `${scaler === undefined ? 'Set it again. To leave it to others, once' : 'Once'} ${wayOut(RULE)} says so it is written; run this in each cluster right before that is applied: ${handoverCommand({ kind, name, namespace })}`,
      },
    },
  ];
}

function isFor(scaler: JsonObject, { identity }: ChangedObject): boolean {
  const target = within(scaler, 'spec', 'scaleTargetRef');
  return (
    identityOf(scaler).namespace === identity.namespace &&
    within(target, 'name') === identity.name &&
    (within(target, 'kind') ?? 'Deployment') === identity.kind
  );
}
