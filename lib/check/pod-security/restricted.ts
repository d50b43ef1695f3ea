import { objectsOf, within } from '../../plan/fields';
import { listOf } from './baseline';
import { type Control, eachContainer, eachContext } from './pod';

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const PROFILES: readonly unknown[] = ['RuntimeDefault', 'Localhost'];

/**
 * The controls of *restricted* besides those of *baseline*. From 1.35 on pods in a user namespace of their own may run
 * as root; here they may not, since older versions refuse them.
 */
export const RESTRICTED: readonly Control[] = [
  {
    id: 'restrictedVolumes',
    violations: ({ spec }) =>
      objectsOf(spec.volumes).flatMap((volume) => {
        const type = Object.keys(volume).find((key) => key !== 'name' && key !== 'hostPath');
        return type === undefined || VOLUMES.includes(type) ? [] : `${type} volume ${volume.name}`;
      }),
  },
  {
    id: 'allowPrivilegeEscalation',
    violations: (pod) =>
      pod.isWindows
        ? []
        : eachContainer(pod, ({ context }) =>
            context.allowPrivilegeEscalation === false ? undefined : 'allowPrivilegeEscalation',
          ),
  },
  {
    id: 'runAsNonRoot',
    violations: (pod) => [
      ...(pod.context.runAsNonRoot === false ? ['runAsNonRoot: false of the pod'] : []),
      ...eachContainer(pod, ({ context }) =>
        (context.runAsNonRoot ?? pod.context.runAsNonRoot) === true ? undefined : 'no runAsNonRoot',
      ),
    ],
  },
  {
    id: 'runAsUser',
    violations: (pod) => eachContext(pod, ({ runAsUser }) => (runAsUser === 0 ? 'runAsUser 0' : undefined)),
  },
  {
    id: 'seccompProfile_restricted',
    violations: (pod) =>
      pod.isWindows
        ? []
        : eachContainer(pod, ({ context }) => {
            const own = within(context, 'seccompProfile', 'type');
            const type = own ?? within(pod.context, 'seccompProfile', 'type');
            return PROFILES.includes(type) ? undefined : 'no seccompProfile';
          }),
  },
  {
    id: 'capabilities_restricted',
    violations: (pod) =>
      pod.isWindows
        ? []
        : eachContainer(pod, ({ context }) => {
            const { drop, add } = { drop: [], add: [], ...Object(context.capabilities) };
            if (!listOf(drop).includes('ALL')) return 'capabilities without drop ALL';
            const added = listOf(add).find((it) => it !== 'NET_BIND_SERVICE');
            return added && `capability ${added}`;
          }),
  },
];
