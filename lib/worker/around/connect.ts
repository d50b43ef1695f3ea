import { NetworkAccess } from '../../network/network-access';
import { fieldsOf, within } from '../../plan/fields';
import type { Problem } from '../../plan/problem';
import type { WorkerAroundProps } from './props';
import { documentOf, type Target } from './target';

/**
 * Opens the policies of what a program calls for its pods. The program's own policies stay as they are: nobody knows
 * what else it calls.
 */
export function openWays(
  target: Target,
  { connections = [], downstream = [] }: WorkerAroundProps,
): Problem[] {
  const called = [...connections, ...downstream.flatMap(({ connection }) => connection ?? [])];
  if (called.length === 0) return [];
  const labels = fieldsOf(within(documentOf(target.object), 'spec', 'selector', 'matchLabels')) ?? {};
  const pods = Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
  if (Object.keys(pods).length === 0) {
    return [
      {
        prop: 'connections',
        wanted: 'must come with a Deployment that selects its pods by labels, which policies name',
        got: 'a selector without matchLabels',
        fix: "Open the servers' network policies yourself, and leave connections out.",
      },
    ];
  }
  for (const { at, port, podPort } of called.flatMap(({ endpoints }) => endpoints)) {
    if (!(at instanceof NetworkAccess)) continue;
    const { namespace } = target;
    const elsewhere = namespace !== undefined && namespace !== at.namespace;
    at.allowFrom({
      pods,
      ports: [podPort ?? port],
      ...(elsewhere && { namespace: { 'kubernetes.io/metadata.name': namespace } }),
    });
  }
  return [];
}
