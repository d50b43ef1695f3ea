/** A Pod Security level: `restricted` for everything but pods that need the node itself. */
export type PodSecurityLevel = 'restricted' | 'baseline' | 'privileged';

const MODES = ['enforce', 'audit', 'warn'];

/** Labels that make a namespace refuse pods below a Pod Security level. */
export function podSecurityLabels(level: PodSecurityLevel): Record<string, string> {
  return Object.fromEntries(
    MODES.flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
    ]),
  );
}
