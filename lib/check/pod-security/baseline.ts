import { type Fields, fieldsOf, objectsOf, within } from '../../plan/fields';
import { type Control, eachContainer, eachContext } from './pod';

/** Capabilities that a runtime gives anyway. */
const USUAL_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Those of 1.32, the oldest supported version. */
const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];
const PROFILES = [undefined, 'RuntimeDefault', 'Localhost'];
const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';
const HANDLERS = ['livenessProbe', 'readinessProbe', 'startupProbe', 'postStart', 'preStop'];

/** The controls of *baseline*: nothing that is known to lead out of the container. */
export const BASELINE: readonly Control[] = [
  {
    id: 'hostNamespaces',
    violations: ({ spec }) => ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true),
  },
  {
    id: 'hostPathVolumes',
    violations: ({ spec }) =>
      objectsOf(spec.volumes)
        .filter(({ hostPath }) => hostPath !== undefined)
        .map(({ name }) => `hostPath volume ${name}`),
  },
  {
    id: 'hostPorts',
    violations: (pod) =>
      eachContainer(pod, ({ fields }) => {
        const port = objectsOf(fields.ports).find(({ hostPort }) => (hostPort ?? 0) !== 0);
        return port && `hostPort ${port.hostPort}`;
      }),
  },
  {
    id: 'hostProbesAndHostLifecycle',
    violations: (pod) => eachContainer(pod, ({ fields }) => foreignHandler(fields)),
  },
  {
    id: 'privileged',
    violations: (pod) =>
      eachContainer(pod, ({ context }) => (context.privileged === true ? 'privileged' : undefined)),
  },
  {
    id: 'capabilities_baseline',
    violations: (pod) =>
      eachContainer(pod, ({ context }) => {
        const added = listOf(within(context, 'capabilities', 'add'));
        const unusual = added.find((it) => !USUAL_CAPABILITIES.includes(it));
        return unusual && `capability ${unusual}`;
      }),
  },
  {
    id: 'procMount',
    violations: (pod) =>
      eachContainer(pod, ({ context: { procMount } }) =>
        (procMount ?? 'Default') === 'Default' ? undefined : `procMount ${procMount}`,
      ),
  },
  {
    id: 'seccompProfile_baseline',
    violations: (pod) =>
      eachContext(pod, (context) => {
        const type = within(context, 'seccompProfile', 'type');
        return PROFILES.some((it) => it === type) ? undefined : `seccompProfile ${type}`;
      }),
  },
  {
    id: 'appArmorProfile',
    violations: (pod) => [
      ...eachContext(pod, (context) => {
        const type = within(context, 'appArmorProfile', 'type');
        return PROFILES.some((it) => it === type) ? undefined : `appArmorProfile ${type}`;
      }),
      ...Object.entries(pod.annotations)
        .filter(([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && !isUsualProfile(String(value)))
        .map(([key, value]) => `annotation ${key}: ${value}`),
    ],
  },
  { id: 'seLinuxOptions', violations: (pod) => eachContext(pod, foreignLabel) },
  {
    id: 'sysctls',
    violations: ({ context }) =>
      objectsOf(context.sysctls)
        .filter(({ name }) => !SAFE_SYSCTLS.includes(String(name)))
        .map(({ name }) => `sysctl ${name}`),
  },
  {
    id: 'windowsHostProcess',
    violations: (pod) =>
      eachContext(pod, (context) =>
        within(context, 'windowsOptions', 'hostProcess') === true ? 'hostProcess' : undefined,
      ),
  },
];

/** Texts of a list. */
export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** A probe or hook that calls another host than the pod. */
function foreignHandler(fields: Fields): string | undefined {
  const all: Fields = { ...fields, ...fieldsOf(fields.lifecycle) };
  return HANDLERS.find((name) =>
    ['httpGet', 'tcpSocket'].some((by) => (within(all[name], by, 'host') ?? '') !== ''),
  );
}

function isUsualProfile(value: string): boolean {
  return value === '' || value === 'runtime/default' || value.startsWith('localhost/');
}

function foreignLabel(context: Fields): string | undefined {
  const { type = '', user = '', role = '' } = fieldsOf(context.seLinuxOptions) ?? {};
  if (!SELINUX_TYPES.includes(String(type))) return `seLinuxOptions.type ${type}`;
  return user === '' && role === '' ? undefined : 'seLinuxOptions.user or role';
}
