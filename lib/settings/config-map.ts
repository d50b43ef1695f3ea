import { createHash } from 'node:crypto';
import type { ApiObject } from 'cdk8s';
import { ConfigMap } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { withSortedFields } from '../json-value';
import { fieldsOf } from '../plan/fields';
import { workloadLabels } from '../workload/labels';
import type { SettingsProps } from './props';

/** The ConfigMap of settings; `undefined` when they only refer to Secrets. */
export function settingsConfigMap(
  scope: Construct,
  name: string,
  props: SettingsProps,
): ConfigMap | undefined {
  const { data, binaryData, immutable = false } = props;
  if (data === undefined && binaryData === undefined) return undefined;
  // A key that is there twice would throw; that is a problem of the props, listed with all others.
  const bytes = Object.entries(binaryData ?? {}).filter(([key]) => !Object.hasOwn(data ?? {}, key));
  return new ConfigMap(scope, 'ConfigMap', {
    metadata: { name, labels: workloadLabels(scope, name, name) },
    data: { ...data },
    binaryData: Object.fromEntries(bytes.map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
    immutable,
  });
}

/** Changes with what a ConfigMap holds when it is written, whoever put it there. */
export function checksumOf(object: ApiObject): string {
  const { data, binaryData } = fieldsOf(object.toJson()) ?? {};
  const text = JSON.stringify(withSortedFields({ all: { data, binaryData } }));
  return createHash('sha256').update(text).digest('hex');
}
