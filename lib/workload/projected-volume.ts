import { type k8s, Volume } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/**
 * A volume in which several sources share one folder. cdk8s-plus-27 has no word for it, but its documents do, and a
 * volume is the document that it was made from: only the constructor is not public.
 */
export function projectedVolume(
  scope: Construct,
  id: string,
  name: string,
  sources: readonly k8s.VolumeProjection[],
): Volume {
  return Reflect.construct(Volume, [scope, id, name, { projected: { sources: [...sources] } }]);
}
