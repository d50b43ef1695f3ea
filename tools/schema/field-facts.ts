// What no file of a release says in a form that a program could read. Each entry is from the code that drops fields
// of gates that are off: `pkg/api/pod/util.go` and the strategies below `pkg/registry`.

/** Gates of fields whose comments do not name them. */
export const UNMARKED_GATES: ReadonlyMap<string, readonly string[]> = new Map([
  ['batch.v1.JobSpec#managedBy', ['JobManagedBy']],
  ['core.v1.Lifecycle#stopSignal', ['ContainerStopSignals']],
  ['core.v1.PodAffinityTerm#matchLabelKeys', ['MatchLabelKeysInPodAffinity']],
  ['core.v1.PodAffinityTerm#mismatchLabelKeys', ['MatchLabelKeysInPodAffinity']],
  ['core.v1.PodSpec#hostUsers', ['UserNamespacesSupport']],
  ['core.v1.SecurityContext#procMount', ['ProcMountType']],
  ['core.v1.Volume#image', ['ImageVolume']],
  ['core.v1.VolumeMount#recursiveReadOnly', ['RecursiveReadOnlyMounts']],
  ['core.v1.VolumeProjection#podCertificate', ['PodCertificateRequest']],
]);

/** Fields whose comments name a gate that is gone, or is only about a part of what they can say. */
export const UNGATED: ReadonlySet<string> = new Set([
  'core.v1.PersistentVolumeClaimSpec#dataSourceRef',
  'storage.v1.CSIDriverSpec#storageCapacity',
]);

/** Gates of single values of enumerations. */
export const GATED_VALUES: ReadonlyMap<string, string> = new Map([
  ['apps.v1.StatefulSetUpdateStrategy#type=Recreate', 'StatefulSetRecreateStrategy'],
  ['core.v1.ContainerRestartRule#action=RestartAllContainers', 'RestartAllContainersOnContainerExits'],
  ['core.v1.Toleration#operator=Gt', 'TaintTolerationComparisonOperators'],
  ['core.v1.Toleration#operator=Lt', 'TaintTolerationComparisonOperators'],
]);
