import { type ContainerDefaults, defaultsOf } from '../check/pod-resources';
import type { Labels } from '../plan/capacity/labels';
import { type Fields, fieldsOf, within } from '../plan/fields';

/** Objects of a cluster that say something about pods of others. */
export class ClusterObjects {
  constructor(private readonly documents: readonly Fields[]) {}

  /** What the LimitRanges of a namespace give to its containers. */
  containerDefaults(namespace: string): ContainerDefaults {
    return defaultsOf(this.ofKind('LimitRange').filter((it) => namespaceOf(it) === namespace));
  }

  /** What the PriorityClass of a pod says: that which it names, or the cluster's default. */
  priority(pod: Fields): { readonly priority: number; readonly preempts: boolean } {
    const classes = this.ofKind('PriorityClass');
    const name = pod.priorityClassName;
    const named = name === undefined || name === '' ? undefined : String(name);
    const found = classes.find((it) =>
      named === undefined ? it.globalDefault === true : nameOf(it) === named,
    );
    const own = typeof pod.priority === 'number' ? pod.priority : 0;
    const value = found?.value ?? BUILT_IN[named ?? ''] ?? own;
    const policy = pod.preemptionPolicy ?? found?.preemptionPolicy;
    return { priority: Number(value), preempts: policy !== 'Never' };
  }

  /** The RuntimeClass of a pod, as far as a document tells of it. */
  runtimeClass(pod: Fields): Fields | undefined {
    return this.ofKind('RuntimeClass').find((it) => nameOf(it) === pod.runtimeClassName);
  }

  /** Names of the namespaces whose labels a selector means: those of the documents, and the label that each has. */
  namespaces(isMeant: (labels: Labels) => boolean): string[] {
    const known = new Map<string, Labels>();
    for (const document of this.documents) {
      const name = document.kind === 'Namespace' ? nameOf(document) : namespaceOf(document);
      const labels = document.kind === 'Namespace' ? textsOf(within(document, 'metadata', 'labels')) : {};
      known.set(name, { ...known.get(name), ...labels, 'kubernetes.io/metadata.name': name });
    }
    return [...known].filter(([, labels]) => isMeant(labels)).map(([name]) => name);
  }

  /** Selectors of the Services that mean pods with these labels. */
  serviceSelectors(namespace: string, labels: Labels): Labels[] {
    return this.ofKind('Service')
      .filter((it) => namespaceOf(it) === namespace)
      .map((it) => textsOf(within(it, 'spec', 'selector')))
      .filter((selector) => Object.keys(selector).length > 0)
      .filter((selector) => Object.entries(selector).every(([key, value]) => labels[key] === value));
  }

  private ofKind(kind: string): Fields[] {
    return this.documents.filter((document) => document.kind === kind);
  }
}

/** PriorityClasses that every cluster has. */
const BUILT_IN: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** The values of an object as texts. */
export function textsOf(value: unknown): Labels {
  return Object.fromEntries(Object.entries(fieldsOf(value) ?? {}).map(([key, text]) => [key, String(text)]));
}

function nameOf(document: Fields): string {
  return String(within(document, 'metadata', 'name') ?? '');
}

function namespaceOf(document: Fields): string {
  return String(within(document, 'metadata', 'namespace') ?? '');
}
