import { ApiObject } from 'cdk8s';
import { type Fields, fieldsOf, objectsOf, within } from '../../plan/fields';
import { quantityValue } from '../../schema/quantity';
import { sameCluster } from './others';
import { documentOf, type Target } from './target';

/** What a container's variable is set to; `text` is missing where only the cluster knows it. */
export interface Variable {
  readonly text?: string;
  /** How it is named in problems. */
  readonly shown: string;
}

/**
 * What a variable of a container is set to: by itself, by a field of its own resources, or by a ConfigMap of the program
 * that it takes all variables of. `undefined` where nothing of that sets it.
 */
export function variableOf(
  container: Fields | undefined,
  name: string,
  target: Target,
): Variable | undefined {
  // Of several with one name the last one counts.
  const own = objectsOf(container?.env).findLast((it) => it.name === name);
  if (own === undefined) return fromConfigMaps(container, name, target);
  if (own.valueFrom === undefined) {
    const text = typeof own.value === 'string' ? own.value : '';
    return { text, shown: JSON.stringify(text) };
  }
  const resource = within(own.valueFrom, 'resourceFieldRef', 'resource');
  const shown = `valueFrom ${Object.keys(fieldsOf(own.valueFrom) ?? {}).join(', ')}`;
  if (typeof resource !== 'string') return { shown };
  const value = resourceField(container, resource, within(own.valueFrom, 'resourceFieldRef', 'divisor'));
  return { ...(value !== undefined && { text: String(value) }), shown: `valueFrom ${resource}` };
}

/** As the kubelet gives it: in whole divisors, rounded up. */
function resourceField(
  container: Fields | undefined,
  resource: string,
  divisor: unknown,
): number | undefined {
  const [kind = '', ...name] = resource.split('.');
  const amount = quantityValue(within(container, 'resources', kind, name.join('.')) ?? '');
  const by = quantityValue(divisor ?? '1');
  return amount === undefined ? undefined : Math.ceil(amount / (by === undefined || by === 0 ? 1 : by));
}

function fromConfigMaps(container: Fields | undefined, name: string, target: Target): Variable | undefined {
  for (const source of objectsOf(container?.envFrom).reverse()) {
    const prefix = typeof source.prefix === 'string' ? source.prefix : '';
    const map = within(source, 'configMapRef', 'name');
    if (typeof map !== 'string' || !name.startsWith(prefix)) continue;
    const text = configMapValue(target, map, name.slice(prefix.length));
    if (text !== undefined) return { text, shown: `${JSON.stringify(text)} of ConfigMap ${map}` };
  }
  return undefined;
}

function configMapValue({ object: target, namespace }: Target, map: string, key: string): string | undefined {
  for (const object of target.node.root.node.findAll()) {
    if (!ApiObject.isApiObject(object) || object.kind !== 'ConfigMap' || object.name !== map) continue;
    const document = documentOf(object);
    if (within(document, 'metadata', 'namespace') !== namespace || !sameCluster(object, target)) continue;
    const value = fieldsOf(document.data)?.[key];
    if (typeof value === 'string') return value;
  }
  return undefined;
}
