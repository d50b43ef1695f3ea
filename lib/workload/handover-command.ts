/** A workload whose count of pods is handed over. */
export interface HandedOver {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
  /** `undefined`: the namespace of the context. */
  readonly namespace: string | undefined;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Two commands of a shell after which a workload's count of pods stays as it is when its manifest comes without
 * `replicas`. Neither changes the count, and both may run again.
 *
 * A client-side apply takes out what the last one had (the annotation) and this one has not. A server-side apply takes
 * out what nobody else holds. The annotation has to go first: with it kubectl would move the ownership of the whole
 * object to whoever applies server-side next.
 */
export function handoverCommand({ kind, name, namespace }: HandedOver): string {
  const workload = `${kind.toLowerCase()}.apps/${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
  const metadata = JSON.stringify({ name, ...(namespace !== undefined && { namespace }) });
  // The count is read, not given: then the apply conflicts with a change in between instead of undoing it.
  const held = `{"apiVersion":"apps/v1","kind":"${kind}","metadata":${metadata},"spec":{"replicas":{{.spec.replicas}}}}`;
  return (
    `kubectl annotate ${workload} ${LAST_APPLIED}- && ` +
    `kubectl get ${workload} -o go-template='${held}' | ` +
    'kubectl apply --server-side --field-manager=capstan-handover -f -'
  );
}
