import type { Document } from './example-worker';

/** Volume types that *restricted* allows. */
const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const PROFILES = new Set(['RuntimeDefault', 'Localhost']);

/**
 * What a pod spec breaks of the Pod Security Standard *restricted*, which includes *baseline*
 * (kubernetes.io/docs/concepts/security/pod-security-standards), one line each.
 */
export function restrictedViolations(pod: Document): string[] {
  const violations: string[] = [];
  const refuse = (broken: unknown, what: string) => {
    if (broken) violations.push(what);
  };
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) refuse(pod[field], field);
  for (const volume of pod.volumes ?? []) {
    const types = Object.keys(volume).filter((key) => key !== 'name');
    refuse(!types.every((type) => VOLUMES.has(type)), `volume ${volume.name}: ${types}`);
  }
  refuse((pod.securityContext?.sysctls ?? []).length > 0, 'sysctls');
  refuse(pod.securityContext?.runAsUser === 0, 'runAsUser 0');
  const containers = [
    ...(pod.initContainers ?? []),
    ...(pod.containers ?? []),
    ...(pod.ephemeralContainers ?? []),
  ];
  for (const container of containers) {
    violations.push(...containerViolations(container, pod).map((what) => `${container.name}: ${what}`));
  }
  return violations;
}

function containerViolations(container: Document, pod: Document): string[] {
  const context = container.securityContext ?? {};
  const violations: string[] = [];
  const refuse = (broken: unknown, what: string) => {
    if (broken) violations.push(what);
  };
  refuse(context.privileged, 'privileged');
  refuse(context.allowPrivilegeEscalation !== false, 'allowPrivilegeEscalation');
  refuse((context.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) !== true, 'runAsNonRoot');
  refuse(context.runAsUser === 0, 'runAsUser 0');
  refuse(!(context.capabilities?.drop ?? []).includes('ALL'), 'capabilities.drop');
  refuse(
    (context.capabilities?.add ?? []).some((it: string) => it !== 'NET_BIND_SERVICE'),
    'capabilities.add',
  );
  const seccomp = context.seccompProfile ?? pod.securityContext?.seccompProfile;
  refuse(!PROFILES.has(seccomp?.type), 'seccompProfile');
  refuse((context.procMount ?? 'Default') !== 'Default', 'procMount');
  refuse(
    (container.ports ?? []).some((port: Document) => port.hostPort),
    'hostPort',
  );
  const handlers = [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => container[probe]),
    ...Object.values(container.lifecycle ?? {}),
  ];
  refuse(
    handlers.some((it: Document) => it?.httpGet?.host || it?.tcpSocket?.host),
    'host of a probe or hook',
  );
  return violations;
}
