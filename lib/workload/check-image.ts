import type { Problem } from '../plan/problem';
import { valueText } from './value-text';

/** REGISTRY/NAME with a tag, a digest or both (distribution/reference). */
const REFERENCE = /^[^\s:@]+(?::\d+\/[^\s:@]+)?(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** An image of somebody else's has to say which version it is: the same manifests have to mean the same tomorrow. */
export function checkImage(image: string, prop: string): Problem[] {
  const [whole, tag, digest] = REFERENCE.exec(image) ?? [];
  if (whole !== undefined && (digest !== undefined || (tag !== undefined && tag !== 'latest'))) return [];
  return [
    {
      prop,
      wanted: 'must be an image with a version as its tag, or with a digest',
      got: valueText(image),
      fix: 'Name the version, such as nats:2.12, and pin it as nats:2.12@sha256:… where nothing may change by itself.',
    },
  ];
}
