import {
  type ContainerSecurityContextProps,
  FsGroupChangePolicy,
  type PodSecurityContextProps,
} from 'cdk8s-plus-27';
import { fill, type Refinement, set } from '../refine';

/** User and group of pods unless an image needs another one: that of the images that Capstan builds. */
export const USER = 65_532;

/** Pod Security *restricted*, as far as cdk8s-plus has words for it; {@link restrictedRefinements} adds the rest. */
export function podSecurityContext(user: number = USER): PodSecurityContextProps {
  return {
    ensureNonRoot: user !== 0,
    user,
    group: user,
    fsGroup: user,
    fsGroupChangePolicy: FsGroupChangePolicy.ON_ROOT_MISMATCH,
  };
}

/** The same for a container: checkers want it said at both levels. */
export function containerSecurityContext(user: number = USER): ContainerSecurityContextProps {
  return {
    ensureNonRoot: user !== 0,
    user,
    group: user,
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
  };
}

/**
 * What *restricted* demands and cdk8s-plus-27 cannot say: no capabilities, the runtime's seccomp profile. And no
 * variables for each Service of the namespace, which would change the environment of pods with every new neighbour.
 *
 * @param pod pointer of the pod's spec in the document, see `podPointer`
 */
export function restrictedRefinements(pod: string): Refinement[] {
  return [
    fill(`${pod}/containers/*/securityContext/capabilities`, { drop: ['ALL'] }),
    fill(`${pod}/initContainers/*/securityContext/capabilities`, { drop: ['ALL'] }),
    set(`${pod}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
    set(`${pod}/enableServiceLinks`, false),
  ];
}
