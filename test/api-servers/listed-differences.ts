/** A difference between the schema walk and API servers that may be. */
export interface Listed {
  /** What of a line it is about: `Kind /pointer must …` of the walk, `Kind field: what` of a server. */
  readonly at: RegExp;
  /** Releases that it is about, all unless it says so. */
  readonly only?: RegExp;
  /** Whether it only comes with another one, from which it follows. */
  readonly follows?: true;
  readonly why: string;
}

/** What the walk refuses and a server takes, on purpose: see docs/schema.md. */
export const STRICTER: readonly Listed[] = [
  { at: /got null\./, why: 'null in a list or a map, which is what remains where a mapper lost a value' },
  {
    at: /must be a whole number of 32 bits, got 1099511627776/,
    why: 'the server cuts larger numbers, or hangs on to nothing',
  },
  {
    at: /^StatefulSet \/spec\/(template|volumeClaimTemplates|serviceName)/,
    only: /^1\.32$/,
    why: 'its controller refuses what the server of 1.32 takes: it looks at no template of a StatefulSet',
  },
  {
    at: /^(\w+ \/spec\/podFailurePolicy\/rules|CronJob .*\/podFailurePolicy\/rules|Job \/spec\/podFailurePolicy\/rules\/\d+\/onPodConditions\/\d+\/status|CustomResourceDefinition \/spec\/versions\/\d+\/served|LimitRange \/spec\/limits|NetworkPolicy \/spec\/podSelector|PriorityClass \/value|\w+Binding \/roleRef\/apiGroup) must be set/,
    why: 'OpenAPI requires the field, the code of the server does not',
  },
  {
    at: /^PersistentVolume \/spec\/nodeAffinity\/.*\/values\/\d+ must be at most 63/,
    why: 'a value that no label of a node can have selects none',
  },
  {
    at: /^HorizontalPodAutoscaler .*\/metric\/selector\//,
    why: 'the controller fails at a selector that the server takes',
  },
];

/** What a server refuses and the walk takes: its code asks for more than the schemas and rules of lib/schema. */
export const MISSED: readonly Listed[] = [
  { at: /^\w+ namespaces ".*" not found$/, why: 'whether a namespace is there is known to a cluster only' },
  {
    at: /: Unsupported value: ""$/,
    why: 'an empty text for one of several words: elsewhere it stands for the default',
  },
  {
    at: /cannot unmarshal number 1099511627776/,
    why: 'a number or text that is too large: other servers cut it',
  },

  // Custom resources.
  {
    at: /^(HTTPRoute|GRPCRoute) spec\.rules\.backendRefs: Invalid value$/,
    why: 'CEL rules of CRDs are not evaluated',
  },
  {
    at: /^(HTTPRoute|GRPCRoute|ScaledObject|Application|ApplicationSet|AppProject) .*: Invalid value$/,
    why: 'null is taken for absent in custom resources as well',
  },
  {
    at: /\bresourceFieldRef\.resource: (Unsupported|Required) value/,
    why: 'resources that a variable can be filled from',
  },
  { at: /^\w+ <nil>: Invalid value$/, follows: true, why: 'rules that were not checked' },

  // Pods.
  { at: /\bdnsConfig\./, why: 'DNS settings of pods' },
  { at: /\bpodAffinityTerm\.namespaces?: Invalid value$/, why: 'namespaces that a pod affinity looks into' },
  {
    at: /\btopologySpreadConstraints\.matchLabelKeys: (Invalid value|Forbidden)$/,
    why: 'labels by which pods are spread',
  },
  { at: /\blifecycle\.preStop\.sleep: Invalid value$/, why: 'a sleep that is longer than the grace period' },
  { at: /\bseccompProfile\.type: Required value$/, why: 'null for a field that only code requires' },
  { at: /\bvolumes\.(secret|configMap|downwardAPI|projected|emptyDir)\./, why: 'what a volume is made from' },
  { at: /\bvolumeMounts\.name: Not found$/, follows: true, why: 'the volume has not been made' },
  { at: /\bruntimeClassName: Invalid value$/, why: 'an empty name, which is taken for absent' },
  {
    at: /\b(spec\.containers|spec\.restartPolicy|volumeClaimTemplates\.spec\.(accessModes|resources)|spec\.selector|spec\.ports|http\.paths): Required value$/,
    why: 'null or nothing for what holds fields that are required',
  },
  {
    at: /\bspec\.template\.metadata\.labels: Invalid value$/,
    why: 'a template without labels, or whose labels are null',
  },

  // Workloads.
  {
    at: /^Deployment spec\.progressDeadlineSeconds: Invalid value$/,
    why: 'a deadline that is shorter than minReadySeconds',
  },
  { at: /\bpodFailurePolicy\.rules/, why: 'what a Job says about failed pods' },
  { at: /\bbackoffLimitPerIndex: Invalid value$/, why: 'limits that only indexed Jobs have' },
  {
    at: /^HorizontalPodAutoscaler spec\.(behavior\.scale\w+\.policies|scaleTargetRef\.apiVersion)/,
    why: 'what scales, and how',
  },

  // Network and storage.
  {
    at: /^Ingress (spec: Invalid|spec\.(tls\.(secretName|hosts)|rules\.http\.paths|defaultBackend\.service\.name))/,
    why: 'an Ingress without rules, backend or the name of its secret',
  },
  {
    at: /^Service spec\.(clusterIPs|LoadBalancerSourceRanges|allocateLoadBalancerNodePorts|externalTrafficPolicy|loadBalancerClass|sessionAffinityConfig|ports)\b/,
    why: 'fields of a Service that depend on its type and on each other',
  },
  { at: /^NetworkPolicy spec\.policyTypes: Invalid value$/, why: 'more than two policy types' },
  {
    at: /^PersistentVolume(Claim)? (spec: Required|spec\.(csi|nfs|nodeAffinity|storageClassName|accessModes|capacity|resources))\b/,
    why: 'what a volume is made from, and its claim asks for',
  },
  { at: /^EndpointSlice (endpoints|ports|addressType)\b/, why: 'what an EndpointSlice holds' },
  { at: /^StorageClass provisioner: /, why: 'the name of a provisioner' },

  // What clusters are set up with.
  { at: /^LimitRange spec\.limits\b/, why: 'bounds of a LimitRange against each other' },
  { at: /^ResourceQuota spec\.(hard|scopeSelector)\b/, why: 'names and amounts of a ResourceQuota' },
  {
    at: /^Namespace metadata\.labels: Invalid value$/,
    why: 'Pod Security labels of a namespace (Environment checks its own)',
  },
  {
    at: /^(ClusterRole|RoleBinding|ClusterRoleBinding) (aggregationRule|subjects|roleRef)\b/,
    why: 'who is bound to which role',
  },
  { at: /^(RuntimeClass|Lease|PriorityClass) /, why: 'fields of a RuntimeClass, Lease or PriorityClass' },
  { at: /^CustomResourceDefinition /, why: 'the schema that a CustomResourceDefinition holds' },
  { at: /^ValidatingAdmissionPolicy /, why: 'the rules that a ValidatingAdmissionPolicy holds' },
];
