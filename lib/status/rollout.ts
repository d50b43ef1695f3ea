import { numberAt, textAt, within } from '../plan/fields';
import { conditionOf, type WorkloadView } from './view';

/** How far a rolling update is. */
export interface Rollout {
  readonly state: 'done' | 'going' | 'paused' | 'stuck';
  /** What happens, in a few words. */
  readonly text: string;
  /** Pods of the newest template. */
  readonly updated: number;
  /** Pods of an older one. */
  readonly old: number;
}

/** How far a rolling update is, by what the workload's controller says. */
export function rolloutOf({ workload, kind }: WorkloadView): Rollout {
  const updated = numberAt(workload, 'status', 'updatedReplicas') ?? 0;
  const all = numberAt(workload, 'status', 'replicas') ?? 0;
  // A StatefulSet that is not being updated says nothing of updated pods.
  const isSettledSet =
    kind === 'StatefulSet' &&
    textAt(workload, 'status', 'updateRevision') === textAt(workload, 'status', 'currentRevision');
  const old = isSettledSet ? 0 : Math.max(0, all - updated);
  const counts = { updated: isSettledSet ? all : updated, old };
  const about = (state: Rollout['state'], text: string): Rollout => ({ state, text, ...counts });
  if (
    (numberAt(workload, 'status', 'observedGeneration') ?? 0) <
    (numberAt(workload, 'metadata', 'generation') ?? 0)
  ) {
    return about('going', 'its controller has not seen the last change yet');
  }
  const progressing = conditionOf(workload, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return about('stuck', `no progress: ${counts.updated} new, ${old} old pods`);
  }
  if (within(workload, 'spec', 'paused') === true)
    return about('paused', `paused: ${counts.updated} new, ${old} old pods`);
  if (old > 0) return about('going', `${counts.updated} new, ${old} old pods`);
  return about(
    'done',
    revisionText(textAt(workload, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')),
  );
}

function revisionText(revision: string | undefined): string {
  return revision === undefined
    ? 'all pods are of the newest template'
    : `all pods are of revision ${revision}`;
}
