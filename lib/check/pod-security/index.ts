import { type Fields, fieldsOf, textAt, within } from '../../plan/fields';
import type { Problem } from '../../plan/problem';
import { nameOf } from '../objects';
import type { CheckedCluster, Finding, Rule } from '../rule';
import { workloadsOf } from '../workloads';
import { BASELINE } from './baseline';
import { checkedPod } from './pod';
import { RESTRICTED } from './restricted';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Violations that a message names; the rest is counted. */
const NAMED = 4;

/** What breaks each level in a pod. */
export interface PodSecurityReport {
  readonly baseline: readonly string[];
  /** Besides what breaks *baseline*. */
  readonly restricted: readonly string[];
}

/** What breaks the Pod Security Standards in a pod, for every version from 1.32 to 1.37. */
export function podSecurityReport(spec: Fields, annotations?: unknown): PodSecurityReport {
  const pod = checkedPod(spec, annotations);
  return {
    baseline: BASELINE.flatMap((control) => control.violations(pod)),
    restricted: RESTRICTED.flatMap((control) => control.violations(pod)),
  };
}

/** Namespaces refuse pods below their Pod Security level; a workload then stands there without any. */
export const podSecurity: Rule = {
  id: 'pod-security',
  find(cluster) {
    const levels = levelsOf(cluster);
    if (levels.size === 0) return [];
    return workloadsOf(cluster).flatMap((workload): Finding[] => {
      const level = levels.get(workload.namespace);
      if (level === undefined || level === 'privileged') return [];
      const { baseline, restricted } = podSecurityReport(workload.pod, annotationsOf(workload.at.document));
      const broken = level === 'baseline' ? baseline : [...baseline, ...restricted];
      if (broken.length === 0) return [];
      const needed = baseline.length > 0 ? 'privileged' : 'baseline';
      return [
        { at: workload.at, problem: problemOf(broken, { namespace: workload.namespace, level, needed }) },
      ];
    });
  },
};

/** Namespaces of the tree say their level themselves; of others the environment may know it. */
function levelsOf({ documents, podSecurity: known }: CheckedCluster): Map<string, string> {
  const levels = new Map(Object.entries(known));
  for (const at of documents) {
    const level = at.document.kind === 'Namespace' && textAt(at.document, 'metadata', 'labels', ENFORCE);
    if (typeof level === 'string') levels.set(nameOf(at), level);
  }
  return levels;
}

function annotationsOf(document: Fields): unknown {
  return (
    within(document, 'spec', 'template', 'metadata', 'annotations') ??
    fieldsOf(document.metadata)?.annotations
  );
}

interface Place {
  readonly namespace: string;
  readonly level: string;
  readonly needed: string;
}

function problemOf(broken: readonly string[], { namespace, level, needed }: Place): Problem {
  const more = broken.length > NAMED ? `, and ${broken.length - NAMED} more` : '';
  return {
    prop: 'pods',
    wanted: `must keep to Pod Security ${level}, to which namespace ${namespace} holds them`,
    got: `${broken.slice(0, NAMED).join(', ')}${more}`,
    fix: `${needed === 'baseline' ? 'Change them (restrict(workload) adds what cdk8s-plus leaves out)' : 'Change them'}, or give them a namespace with podSecurity: '${needed}'.`,
  };
}
