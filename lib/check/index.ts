import { autoscaledReplicas, rivalAutoscalers } from './autoscaling';
import { limitRange } from './limit-range';
import { podSecurity } from './pod-security';
import { quota } from './quota';
import type { Rule } from './rule';
import { secretValue } from './secret-value';
import { volumeSharing } from './volume-sharing';

/** Every rule over the final documents of a cluster. */
export const RULES: readonly Rule[] = [
  autoscaledReplicas,
  limitRange,
  podSecurity,
  quota,
  rivalAutoscalers,
  secretValue,
  volumeSharing,
];
