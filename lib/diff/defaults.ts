import type { JsonObject } from '../json-value';
import { fieldsOf, within } from '../plan/fields';
import { quantityValue } from '../schema/quantity';
import { workloadKind } from '../workload/pod-of-document';
import { podPointer } from '../workload/pod-pointer';
import type { FieldChange } from './field-changes';

/**
 * What API servers fill in where a manifest says nothing (pkg/apis/core/v1/defaults.go, apps, batch, autoscaling/v2 and
 * networking of Kubernetes 1.37), by place; `[]` stands for any element of a list.
 */
type Defaults = Readonly<Record<string, unknown>>;

/** Below the spec of a pod. Fields that are no pointers are the same whether they are false, 0 or empty, or absent. */
const POD: Defaults = {
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
  securityContext: {},
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  'volumes[].configMap.defaultMode': 420,
  'volumes[].secret.defaultMode': 420,
  'volumes[].downwardAPI.defaultMode': 420,
  'volumes[].projected.defaultMode': 420,
  'volumes[].projected.sources[].serviceAccountToken.expirationSeconds': 3600,
  'volumes[].hostPath.type': '',
  'volumes[].persistentVolumeClaim.readOnly': false,
};

const PROBE: Defaults = {
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  'httpGet.scheme': 'HTTP',
  'httpGet.path': '/',
  'grpc.service': '',
};

/** Below a container. */
const CONTAINER: Defaults = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  stdin: false,
  tty: false,
  'ports[].protocol': 'TCP',
  'env[].value': '',
  'env[].valueFrom.fieldRef.apiVersion': 'v1',
  'env[].valueFrom.resourceFieldRef.divisor': '0',
  'volumeMounts[].readOnly': false,
  'lifecycle.preStop.httpGet.scheme': 'HTTP',
  'lifecycle.postStart.httpGet.scheme': 'HTTP',
  ...Object.fromEntries(
    ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
      Object.entries(PROBE).map(([place, value]) => [`${probe}.${place}`, value]),
    ),
  ),
};

const ROLLED: Defaults = { 'spec.revisionHistoryLimit': 10, 'spec.minReadySeconds': 0 };

/** By kind. */
const OBJECT: Readonly<Record<string, Defaults>> = {
  Deployment: {
    ...ROLLED,
    'spec.progressDeadlineSeconds': 600,
    'spec.paused': false,
    'spec.strategy.type': 'RollingUpdate',
    'spec.strategy.rollingUpdate.maxSurge': '25%',
    'spec.strategy.rollingUpdate.maxUnavailable': '25%',
  },
  StatefulSet: {
    ...ROLLED,
    'spec.podManagementPolicy': 'OrderedReady',
    'spec.updateStrategy.type': 'RollingUpdate',
    'spec.updateStrategy.rollingUpdate.partition': 0,
    'spec.updateStrategy.rollingUpdate.maxUnavailable': 1,
    'spec.persistentVolumeClaimRetentionPolicy.whenDeleted': 'Retain',
    'spec.persistentVolumeClaimRetentionPolicy.whenScaled': 'Retain',
    'spec.volumeClaimTemplates[].apiVersion': 'v1',
    'spec.volumeClaimTemplates[].kind': 'PersistentVolumeClaim',
    'spec.volumeClaimTemplates[].spec.volumeMode': 'Filesystem',
    'spec.volumeClaimTemplates[].status.phase': 'Pending',
  },
  DaemonSet: {
    ...ROLLED,
    'spec.updateStrategy.type': 'RollingUpdate',
    'spec.updateStrategy.rollingUpdate.maxUnavailable': 1,
    'spec.updateStrategy.rollingUpdate.maxSurge': 0,
  },
  Job: {
    'spec.backoffLimit': 6,
    'spec.completions': 1,
    'spec.parallelism': 1,
    'spec.completionMode': 'NonIndexed',
    'spec.suspend': false,
    'spec.manualSelector': false,
    'spec.podReplacementPolicy': 'TerminatingOrFailed',
  },
  CronJob: {
    'spec.concurrencyPolicy': 'Allow',
    'spec.suspend': false,
    'spec.successfulJobsHistoryLimit': 3,
    'spec.failedJobsHistoryLimit': 1,
  },
  Service: {
    'spec.type': 'ClusterIP',
    'spec.sessionAffinity': 'None',
    'spec.internalTrafficPolicy': 'Cluster',
    'spec.externalTrafficPolicy': 'Cluster',
    'spec.allocateLoadBalancerNodePorts': true,
    'spec.publishNotReadyAddresses': false,
    'spec.ports[].protocol': 'TCP',
  },
  HorizontalPodAutoscaler: {
    'spec.minReplicas': 1,
    'spec.behavior.scaleUp.selectPolicy': 'Max',
    'spec.behavior.scaleUp.stabilizationWindowSeconds': 0,
    'spec.behavior.scaleDown.selectPolicy': 'Max',
  },
  NetworkPolicy: {
    'spec.ingress[].ports[].protocol': 'TCP',
    'spec.egress[].ports[].protocol': 'TCP',
  },
  PersistentVolumeClaim: { 'spec.volumeMode': 'Filesystem' },
  Secret: { type: 'Opaque' },
  PriorityClass: { preemptionPolicy: 'PreemptLowerPriority', globalDefault: false },
  StorageClass: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
};

/** Objects that are the same when they are empty and when they are absent. */
const EMPTY = /(^|\.)(metadata|labels|annotations|nodeSelector|matchLabels|data|stringData|requests|limits)$/;

/** Differences of two manifests less what API servers fill in by themselves, so that it changes nothing in a cluster. */
export function withoutDefaults(
  changes: readonly FieldChange[],
  before: JsonObject,
  after: JsonObject,
): FieldChange[] {
  return changes.filter(({ keys, was, is }) => {
    if (was === undefined) return !isFilledIn(keys, is, after);
    if (is === undefined) return !isFilledIn(keys, was, before);
    return !isSameQuantity(keys, was, is);
  });
}

/** Fields, or parents of them, that are quantities: `5000` is stored as `5k`. */
const QUANTITIES = [
  'requests',
  'limits',
  'hard',
  'capacity',
  'averageValue',
  'value',
  'sizeLimit',
  'divisor',
];

function isSameQuantity(keys: readonly string[], was: unknown, is: unknown): boolean {
  if (!keys.slice(-2).some((key) => QUANTITIES.includes(key)) || keys.includes('env')) return false;
  const [one, other] = [quantityValue(was), quantityValue(is)];
  return one !== undefined && one === other;
}

function isFilledIn(keys: readonly string[], value: unknown, document: JsonObject): boolean {
  const place = keys.map((key) => (key.startsWith('[') ? '[]' : key)).join('.');
  const path = place.replaceAll('.[]', '[]');
  if (isEmpty(path, value) || isDefault(path, keys, value, document)) return true;
  const fields = fieldsOf(value);
  const children = fields === undefined ? [] : Object.entries(fields);
  return children.length > 0 && children.every(([name, it]) => isFilledIn([...keys, name], it, document));
}

function isEmpty(path: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  const fields = fieldsOf(value);
  return fields !== undefined && Object.keys(fields).length === 0 && EMPTY.test(path);
}

function isDefault(path: string, keys: readonly string[], value: unknown, document: JsonObject): boolean {
  const kind = String(document.kind);
  if (matches(OBJECT[kind], path, value)) return true;
  if (kind === 'Service' && /^spec\.ports\[\]\.targetPort$/.test(path)) {
    return value === within(elementAt(document, keys), 'port');
  }
  const workload = workloadKind(document);
  const pod = workload === undefined ? '' : podPointer(workload).slice(1).replaceAll('/', '.');
  if (pod === '' || !path.startsWith(`${pod}.`)) return false;
  const inPod = path.slice(pod.length + 1);
  if (matches(POD, inPod, value)) return true;
  const [, inContainer] = /^(?:containers|initContainers)\[\]\.(.*)$/.exec(inPod) ?? [];
  if (inContainer === undefined) return inPod === 'serviceAccount';
  if (matches(CONTAINER, inContainer, value)) return true;
  const container = fieldsOf(elementAt(document, keys.slice(0, pod.split('.').length + 2)));
  if (inContainer === 'imagePullPolicy') return value === pullPolicy(container?.image);
  const [, resource] = /^resources\.requests\.(.*)$/.exec(inContainer) ?? [];
  return resource !== undefined && value === within(container, 'resources', 'limits', resource);
}

function matches(defaults: Defaults | undefined, path: string, value: unknown): boolean {
  if (defaults === undefined || !Object.hasOwn(defaults, path)) return false;
  return JSON.stringify(defaults[path]) === JSON.stringify(value);
}

/** `Always` for the tag `latest`, which an image without tag and digest has. */
function pullPolicy(image: unknown): string {
  const [, tag = 'latest'] = /^[^@]*?(?::([^:/@]+))?$/.exec(String(image)) ?? [undefined, 'other'];
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** The object of a list that a place lies in, the innermost. */
function elementAt(document: JsonObject, keys: readonly string[]): unknown {
  const last = keys.findLastIndex((key) => key.startsWith('['));
  return keys.slice(0, last + 1).reduce<unknown>((value, key) => {
    if (!key.startsWith('[')) return within(value, key);
    const name = key.slice(1, -1);
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    const named = list.find((it) =>
      Object.values(fieldsOf(it) ?? {}).some((field) => String(field) === name),
    );
    return named ?? list[Number(name)];
  }, document);
}
