import { textAt, within } from '../plan/fields';
import { nameOf, namespaceOf, placeOf } from './objects';
import type { CheckedCluster, CheckedDocument, Finding, Rule } from './rule';

const TARGET_OF: Readonly<Record<string, string>> = {
  HorizontalPodAutoscaler: 'scaleTargetRef',
  ScaledObject: 'scaleTargetRef',
  VerticalPodAutoscaler: 'targetRef',
};

/** With its count in the manifest as well, each apply takes an autoscaled workload back to it. */
export const autoscaledReplicas: Rule = {
  id: 'autoscaled-replicas',
  find(cluster) {
    const scalers = scalersByTarget(cluster);
    if (scalers.size === 0) return [];
    return cluster.documents.flatMap((at) => findReplicas(at, scalers.get(keyOf(at)) ?? []));
  },
};

/** Two autoscalers of one workload undo what the other one did, for as long as both run. */
export const rivalAutoscalers: Rule = {
  id: 'rival-autoscalers',
  find(cluster) {
    return [...scalersByTarget(cluster)].flatMap(([target, scalers]) => findRivals(target, scalers));
  },
};

function findReplicas(at: CheckedDocument, scalers: readonly CheckedDocument[]): Finding[] {
  const scaler = scalers.find((it) => !isVertical(it));
  const replicas = within(at.document, 'spec', 'replicas');
  if (scaler === undefined || replicas === undefined || replicas === null) return [];
  return [
    {
      at,
      with: [scaler],
      problem: {
        prop: `${String(at.document.kind)} ${nameOf(at)} /spec/replicas`,
        wanted: `must be left to ${titleOf(scaler)}, or each apply sets it back`,
        got: String(replicas),
        fix: 'Take it out. Where it runs with this count, the next synth tells how to hand it over first.',
      },
    },
  ];
}

function findRivals(target: string, scalers: readonly CheckedDocument[]): Finding[] {
  const [first, ...others] = scalers;
  return others.map((at) => ({
    at,
    with: first === undefined ? [] : [first],
    problem: {
      prop: `${titleOf(at)} /spec/${TARGET_OF[String(at.document.kind)]}`,
      wanted: 'must name a workload that nothing else scales, since each would undo what the other one did',
      got: `${target}, which ${first === undefined ? 'another' : titleOf(first)} (${first?.path}) scales already`,
      fix: wayOut(scalers),
    },
  }));
}

function wayOut(scalers: readonly CheckedDocument[]): string {
  if (!scalers.some(isVertical)) return 'Take one out, or give its metrics to the other one.';
  return "Take one out, or set updatePolicy.updateMode to 'Off', which only recommends.";
}

/** By kind and place of what they scale. */
function scalersByTarget({ documents }: CheckedCluster): Map<string, CheckedDocument[]> {
  const scalers = new Map<string, CheckedDocument[]>();
  for (const at of documents) {
    const { document } = at;
    const kind = textAt(document, 'kind') ?? '';
    const field = Object.hasOwn(TARGET_OF, kind) ? TARGET_OF[kind] : undefined;
    if (field === undefined || (isVertical(at) && !updates(at))) continue;
    const target = textAt(document, 'spec', field, 'kind') ?? 'Deployment';
    const key = `${target} ${placeOf(namespaceOf(at), textAt(document, 'spec', field, 'name') ?? '')}`;
    scalers.set(key, [...(scalers.get(key) ?? []), at]);
  }
  return scalers;
}

function isVertical({ document }: CheckedDocument): boolean {
  return document.kind === 'VerticalPodAutoscaler';
}

function updates({ document }: CheckedDocument): boolean {
  return textAt(document, 'spec', 'updatePolicy', 'updateMode') !== 'Off';
}

function keyOf(at: CheckedDocument): string {
  return `${textAt(at.document, 'kind') ?? ''} ${placeOf(namespaceOf(at), nameOf(at))}`;
}

function titleOf(at: CheckedDocument): string {
  return `${String(at.document.kind)} ${nameOf(at)}`;
}
