import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

const accepted = new WeakMap<ApiObject, Set<string>>();

/**
 * Lets fields of an object through whatever its schema says of them, and what is below them: those of a Kubernetes
 * that is newer than Capstan's tables, or patched.
 *
 * ```ts
 * acceptFields(worker.deployment, '/spec/template/spec/newField');
 * ```
 *
 * @param target an `ApiObject`, or a construct that has one as its default child, such as a cdk8s-plus `Deployment`
 * @param pointers JSON pointers (RFC 6901) of the final document, without `*`
 */
export function acceptFields(target: IConstruct, ...pointers: readonly string[]): void {
  const object = ApiObject.of(target);
  accepted.set(object, new Set([...(accepted.get(object) ?? []), ...pointers]));
}

/** Whether a field of an object, or one that it is below, is accepted by {@link acceptFields}. */
export function isAccepted(object: ApiObject, pointer: string): boolean {
  const pointers = [...(accepted.get(object) ?? [])];
  return pointers.some((it) => pointer === it || pointer.startsWith(`${it}/`));
}
