import { createHash } from 'node:crypto';
import { ApiObject } from 'cdk8s';
import type { Job } from 'cdk8s-plus-27';
import { withSortedFields } from '../json-value';
import { fieldsOf } from '../plan/fields';

/** Fields of a Job's spec that can never be changed (Kubernetes, `ValidateJobSpecUpdate`). */
const IMMUTABLE = [
  'backoffLimitPerIndex',
  'completionMode',
  'completions',
  'podFailurePolicy',
  'selector',
  'successPolicy',
  'template',
] as const;

const HASH_LENGTH = 8;

/**
 * Gives a Job a name that follows from what can never be changed in it: another template is another Job. What may be
 * changed, such as its parallelism and its deadline, leaves the name as it is. See docs/adr/0014.
 *
 * To be called when the object is refined already, so that it sees what others refine, also later. The construct's
 * `name` is the one that follows from what is known when it is read.
 */
export function nameByContent(job: Job, name: string): void {
  const object = ApiObject.of(job);
  const render = object.toJson.bind(object);
  const nameOf = ({ spec }: { readonly spec?: unknown }) => `${name}-${hashOf(spec)}`;
  object.toJson = () => {
    const document = render();
    return { ...document, metadata: { ...document.metadata, name: nameOf(document) } };
  };
  Object.defineProperty(object, 'name', { get: () => nameOf(render()) });
}

function hashOf(spec: unknown): string {
  const fields = fieldsOf(spec) ?? {};
  const content = Object.fromEntries(IMMUTABLE.map((field) => [field, fields[field]]));
  const text = JSON.stringify(withSortedFields({ content }));
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}
