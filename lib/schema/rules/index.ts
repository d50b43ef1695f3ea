import type { Span } from '../versions';
import { type Check, isObject } from '../walk';
import { ranges } from './bounds';
import { configMap, secret } from './config-data';
import { FORMS } from './forms';
import { labelSelector, objectMeta } from './metadata';
import { POD_RULES } from './of-pods';
import {
  autoscalerSpec,
  claimSpec,
  cronJobSpec,
  disruptionBudgetSpec,
  metricTarget,
  policyRule,
  scalingPolicy,
  scalingRules,
  subject,
  volumeSpec,
} from './policies';
import type { TypeRule } from './rule';
import {
  backendPort,
  ingressPath,
  ingressRule,
  ingressSpec,
  policyBlock,
  policyPeer,
  policyPort,
  servicePort,
  serviceSpec,
} from './services';
import { filled, forms, notEmpty, oneOf } from './text-fields';
import { discriminated, every, exactlyOne } from './unions';
import {
  daemonSetUpdate,
  deploymentSpec,
  jobSpec,
  otherWorkloadSpec,
  rollingUpdate,
  serviceName,
  statefulSetSpec,
} from './workloads';

type Rules = { readonly [type: string]: TypeRule };

const APPS: Rules = {
  'v1.DaemonSetSpec': every(otherWorkloadSpec, ranges({ minReadySeconds: 0 })),
  'v1.DeploymentSpec': every(
    deploymentSpec,
    ranges({ replicas: 0, minReadySeconds: 0, revisionHistoryLimit: 0 }),
  ),
  'v1.ReplicaSetSpec': every(otherWorkloadSpec, ranges({ replicas: 0 })),
  'v1.RollingUpdateDaemonSet': daemonSetUpdate,
  'v1.RollingUpdateDeployment': rollingUpdate,
  'v1.RollingUpdateStatefulSetStrategy': ranges({ partition: 0 }),
  'v1.StatefulSetOrdinals': ranges({ start: 0 }),
  'v1.StatefulSetPersistentVolumeClaimRetentionPolicy': every(
    oneOf('whenDeleted', 'Retain', 'Delete'),
    oneOf('whenScaled', 'Retain', 'Delete'),
  ),
  'v1.StatefulSetSpec': every(statefulSetSpec, serviceName, ranges({ replicas: 0, minReadySeconds: 0 })),
};

const AUTOSCALING: Rules = {
  'v2.CrossVersionObjectReference': filled('kind', 'name'),
  'v2.HorizontalPodAutoscalerSpec': autoscalerSpec,
  'v2.HPAScalingPolicy': every(scalingPolicy, oneOf('type', 'Pods', 'Percent')),
  'v2.HPAScalingRules': every(scalingRules, oneOf('selectPolicy', 'Max', 'Min', 'Disabled')),
  'v2.MetricIdentifier': filled('name'),
  'v2.MetricSpec': discriminated('type', ['containerResource', 'external', 'object', 'pods', 'resource']),
  'v2.MetricTarget': metricTarget,
};

const BATCH: Rules = {
  'v1.CronJobSpec': every(
    cronJobSpec,
    ranges({ failedJobsHistoryLimit: 0, startingDeadlineSeconds: 0, successfulJobsHistoryLimit: 0 }),
  ),
  'v1.JobSpec': every(
    jobSpec,
    ranges({
      activeDeadlineSeconds: 0,
      backoffLimit: 0,
      completions: 0,
      parallelism: 0,
      ttlSecondsAfterFinished: 0,
    }),
  ),
};

const CORE: Rules = {
  ...POD_RULES,
  'v1.ConfigMap': configMap,
  'v1.PersistentVolumeClaimSpec': every(claimSpec, forms({ storageClassName: FORMS.subdomain })),
  'v1.PersistentVolumeSpec': every(volumeSpec, notEmpty('accessModes')),
  'v1.Secret': secret,
  'v1.ServicePort': every(servicePort, forms({ appProtocol: FORMS.qualifiedName })),
  'v1.ServiceSpec': serviceSpec,
};

const NETWORKING: Rules = {
  'v1.HTTPIngressPath': ingressPath,
  'v1.IngressBackend': exactlyOne('resource', 'service'),
  'v1.IngressRule': ingressRule,
  'v1.IngressServiceBackend': every(filled('name'), forms({ name: FORMS.label })),
  'v1.IngressSpec': every(ingressSpec, forms({ ingressClassName: FORMS.subdomain })),
  'v1.IPBlock': policyBlock,
  'v1.NetworkPolicyPeer': policyPeer,
  'v1.NetworkPolicyPort': policyPort,
  'v1.ServiceBackendPort': backendPort,
};

/**
 * What API servers ask for besides the schemas, by group and type. It is what users run into, not all of it; each is
 * from the validation code of Kubernetes (pkg/apis/…/validation).
 */
const RULES: { readonly [group: string]: Rules } = {
  '': CORE,
  apps: APPS,
  autoscaling: AUTOSCALING,
  batch: BATCH,
  meta: { 'v1.LabelSelector': labelSelector, 'v1.ObjectMeta': objectMeta },
  'networking.k8s.io': NETWORKING,
  policy: { 'v1.PodDisruptionBudgetSpec': disruptionBudgetSpec },
  'rbac.authorization.k8s.io': {
    'v1.PolicyRule': policyRule,
    'v1.RoleRef': every(filled('name'), oneOf('kind', 'Role', 'ClusterRole')),
    'v1.Subject': subject,
  },
};

/** The rule of a type; `undefined` for most. */
export function ruleOf(group: string, type: string, span: Span): Check | undefined {
  const rule = RULES[group]?.[type];
  if (rule === undefined) return undefined;
  return (value, walk) => {
    if (isObject(value)) rule(value, walk, span);
  };
}
