import { ranges } from './bounds';
import {
  container,
  containerPort,
  envFrom,
  envVar,
  localhostProfile,
  portNumberOrName,
  securityContext,
  volumeMount,
} from './containers';
import { FORMS } from './forms';
import { nodeRequirement } from './metadata';
import { podSpec, toleration, topologySpread } from './pod-spec';
import { resources } from './resources';
import type { TypeRule } from './rule';
import { filled, forms, notEmpty } from './text-fields';
import { atMostOneBesides, every, exactlyOne } from './unions';

const USER_IDS = [0, 2 ** 31 - 1] as const;

const NAMED = every(filled('name'), forms({ name: FORMS.subdomain }));
const KEY = every(filled('name', 'key'), forms({ name: FORMS.subdomain, key: FORMS.configKey }));

const probe = every(
  exactlyOne('exec', 'grpc', 'httpGet', 'tcpSocket'),
  ranges({
    failureThreshold: 0,
    initialDelaySeconds: 0,
    periodSeconds: 0,
    successThreshold: 0,
    terminationGracePeriodSeconds: 1,
    timeoutSeconds: 0,
  }),
);

/** Rules of the types that pods are made of, in the core group. */
export const POD_RULES: { readonly [type: string]: TypeRule } = {
  'v1.PodSpec': podSpec,
  'v1.NodeSelector': notEmpty('nodeSelectorTerms'),
  'v1.NodeSelectorRequirement': nodeRequirement,
  'v1.PodAffinityTerm': every(filled('topologyKey'), forms({ topologyKey: FORMS.qualifiedName })),
  'v1.PodSecurityContext': ranges({ fsGroup: USER_IDS, runAsGroup: USER_IDS, runAsUser: USER_IDS }),
  'v1.PreferredSchedulingTerm': ranges({ weight: [1, 100] }),
  'v1.SeccompProfile': localhostProfile,
  'v1.Toleration': toleration,
  'v1.TopologySpreadConstraint': topologySpread,
  'v1.WeightedPodAffinityTerm': ranges({ weight: [1, 100] }),

  'v1.Container': container,
  'v1.ContainerPort': containerPort,
  'v1.EnvFromSource': every(envFrom, exactlyOne('configMapRef', 'secretRef')),
  'v1.EnvVar': envVar,
  'v1.EnvVarSource': exactlyOne(
    'configMapKeyRef',
    'secretKeyRef',
    'fieldRef',
    'resourceFieldRef',
    'fileKeyRef',
  ),
  'v1.ExecAction': notEmpty('command'),
  'v1.GRPCAction': ranges({ port: [1, 65535] }),
  'v1.HTTPGetAction': portNumberOrName,
  'v1.LifecycleHandler': exactlyOne('exec', 'httpGet', 'tcpSocket', 'sleep'),
  'v1.Probe': probe,
  'v1.ResourceRequirements': resources,
  'v1.SecurityContext': securityContext,
  'v1.TCPSocketAction': portNumberOrName,
  'v1.VolumeMount': volumeMount,

  'v1.ConfigMapEnvSource': NAMED,
  'v1.ConfigMapKeySelector': KEY,
  'v1.ConfigMapProjection': filled('name'),
  'v1.ConfigMapVolumeSource': filled('name'),
  'v1.HostPathVolumeSource': filled('path'),
  'v1.PersistentVolumeClaimVolumeSource': filled('claimName'),
  'v1.SecretEnvSource': NAMED,
  'v1.SecretKeySelector': KEY,
  'v1.SecretProjection': filled('name'),
  'v1.SecretVolumeSource': filled('secretName'),
  'v1.Volume': atMostOneBesides('name'),
};
