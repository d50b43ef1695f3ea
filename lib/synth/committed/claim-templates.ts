import { isSame, type JsonObject } from '../../json-value';
import { objectsOf, within } from '../../plan/fields';
import { quantityValue } from '../../schema/quantity';
import type { ChangedObject } from './change';

const SIZE = ['spec', 'resources', 'requests', 'storage'];

/** Claim templates of a StatefulSet; the API server writes kind and version into them. */
export function claimTemplates(document: JsonObject): Record<string, unknown>[] {
  return objectsOf(within(document, 'spec', 'volumeClaimTemplates')).map(
    ({ apiVersion: _, kind: __, ...template }) => template,
  );
}

/**
 * How to change claim templates while the members go on running: without its StatefulSet, which is made again and
 * takes its pods back. `undefined` where that is no way: a pod cannot get or lose a volume, and no volume shrinks.
 *
 * @param acknowledge how a program says that it is done
 */
export function claimTemplatesWay(change: ChangedObject, acknowledge: string): string | undefined {
  const { identity, before, after } = change;
  const [was, is] = [claimTemplates(before), claimTemplates(after)];
  if (!isSame(was.map(nameOf), is.map(nameOf))) return undefined;
  const sizes = is.map((template, index) => ({
    claim: nameOf(template),
    from: sizeOf(was[index]),
    to: sizeOf(template),
  }));
  if (sizes.some(({ from, to }) => (quantityValue(to) ?? 0) < (quantityValue(from) ?? 0)))
    return 'Set it back, since no volume shrinks; or make an object of another name.';
  const grown = sizes.filter(({ from, to }) => from !== to);
  const namespace = identity.namespace === undefined ? '' : ` -n ${identity.namespace}`;
  const commands = [
    ...grown.map(({ claim, to }) => patchCommand(`${claim}-${identity.name}`, to, namespace)),
    `kubectl delete statefulset ${identity.name}${namespace} --cascade=orphan`,
  ];
  const note =
    grown.length > 0
      ? 'where the class lets volumes grow'
      : 'claims that are there stay as they are, and new members get the new ones';
  return (
    `Set it back; or ${acknowledge} and run this in each cluster right before it is applied, while the members go on ` +
    `running (${note}): ${commands.join(' && ')}`
  );
}

/** Claims of all members, also of those that were scaled away. */
function patchCommand(claims: string, storage: string, namespace: string): string {
  const patch = JSON.stringify({ spec: { resources: { requests: { storage } } } });
  const pattern = `/${claims.replaceAll('.', '\\.')}-[0-9]+$`;
  return `kubectl get pvc${namespace} -o name | grep -E '${pattern}' | xargs -I CLAIM kubectl patch CLAIM${namespace} -p '${patch}'`;
}

function nameOf(template: unknown): string {
  return String(within(template, 'metadata', 'name'));
}

function sizeOf(template: unknown): string {
  return String(within(template, ...SIZE) ?? '');
}
