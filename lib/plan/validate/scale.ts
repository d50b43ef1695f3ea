import { formatNumber } from '../format';
import { CLUSTER_PODS_MAX, HPA_TOLERANCE, SCALE_TO_ZERO_MINOR } from '../kubernetes';
import { SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import type { Setting, SettledSpec, SettledWorker } from '../settled-spec';
import type { ClusterSpec, ScaleSpec } from '../spec';
import { checkNumber } from './check-number';

const DEFAULT_TARGET = 0.7;
const DEFAULT_OLDEST = '1.32';

/** Metric targets are given in thousandths, as the autoscaler truncates averages to whole thousandths. */
const TARGET_PARTS = 1000;

/** Utilisation never exceeds 1, so a target above 1 ÷ (1 + tolerance) could never be missed enough to scale out. */
const TARGET_MAX = Math.floor(TARGET_PARTS / (1 + HPA_TOLERANCE)) / TARGET_PARTS;

type SettledScale = Pick<
  SettledWorker,
  'minReplicas' | 'maxReplicas' | 'drainWithinSeconds' | 'targetUtilization' | 'waitSeconds' | 'scaler'
>;

/**
 * Checks the bounds and the speed of a worker's autoscaler.
 *
 * @param holdsTasks whether tasks wait in the pods' own memory
 */
export function settleScale(
  scale: ScaleSpec,
  holdsTasks: boolean,
  cluster: ClusterSpec | undefined,
  problems: Problem[],
): SettledScale {
  checkZero(scale, holdsTasks, settleOldest(cluster, problems), problems);
  return {
    ...settleBounds(scale, 0, problems),
    scaler: scale.by ?? 'hpa',
    drainWithinSeconds: checkNumber(
      scale.drainWithinSeconds,
      {
        prop: 'scale.drainWithin',
        unit: 'seconds',
        min: 1e-6,
        max: SECONDS_MAX,
        fix: 'Give the time within which a backlog is worked off.',
      },
      problems,
    ),
    targetUtilization: settleTarget(scale.targetUtilization, 'busy ÷ slots never exceeds 1', problems),
    waitSeconds: settleWait(scale, problems),
  };
}

/** Checks the wait that the utilisation follows from. */
function settleWait({ waitSeconds, targetUtilization }: ScaleSpec, problems: Problem[]): number | undefined {
  if (waitSeconds === undefined) return undefined;
  if (targetUtilization !== undefined) {
    problems.push({
      prop: 'scale.targetUtilization',
      wanted: 'must be left out beside scale.wait, from which it is derived',
      got: formatNumber(targetUtilization),
      fix: 'Leave out one of them.',
    });
    return undefined;
  }
  return checkNumber(
    waitSeconds.p99,
    {
      prop: 'scale.wait.p99',
      unit: 'seconds',
      min: 1e-6,
      max: SECONDS_MAX,
      fix: 'Give the longest wait for a slot that 99 of 100 tasks may have, or leave scale.wait out.',
    },
    problems,
  );
}

/**
 * Checks the utilisation that an autoscaler holds.
 *
 * @param ceiling why there is a most, such as `busy ÷ slots never exceeds 1`
 */
export function settleTarget(target: number | undefined, ceiling: string, problems: Problem[]): Setting {
  return {
    given: target !== undefined,
    value: checkNumber(
      target ?? DEFAULT_TARGET,
      {
        prop: 'scale.targetUtilization',
        unit: 'ratio',
        min: 1 / TARGET_PARTS,
        max: TARGET_MAX,
        parts: TARGET_PARTS,
        fix:
          `Leave it out for ${DEFAULT_TARGET}: ${ceiling}, and the autoscaler adds pods only` +
          ` above ${formatNumber(1 + HPA_TOLERANCE)} × target.`,
      },
      problems,
    ),
  };
}

/**
 * Checks the fewest and the most pods.
 *
 * @param least fewest pods that may be asked for
 */
export function settleBounds(
  scale: { readonly min: number; readonly max: number },
  least: 0 | 1,
  problems: Problem[],
): Pick<SettledSpec, 'minReplicas' | 'maxReplicas'> {
  const rule = { unit: 'pods', max: CLUSTER_PODS_MAX, parts: 1 } as const;
  const minReplicas = checkNumber(
    scale.min,
    { ...rule, prop: 'scale.min', min: least, fix: 'Give the fewest pods that run at any time.' },
    problems,
  );
  const maxReplicas = checkNumber(
    scale.max,
    { ...rule, prop: 'scale.max', min: 1, fix: 'Give the most pods that the autoscaler may start.' },
    problems,
  );
  if (maxReplicas < minReplicas) {
    problems.push({
      prop: 'scale.max',
      wanted: `must be ${formatNumber(minReplicas)} (scale.min) or more`,
      got: formatNumber(maxReplicas),
      fix: 'Raise it, or lower scale.min.',
    });
  }
  return { minReplicas, maxReplicas: Math.max(minReplicas, maxReplicas) };
}

/** Refuses zero pods where none could ever come back. */
function checkZero(scale: ScaleSpec, holdsTasks: boolean, oldest: Oldest, problems: Problem[]): void {
  if (scale.min !== 0) return;
  if (holdsTasks) {
    problems.push({
      prop: 'scale.min',
      wanted: "must be 1 or more, since tasks wait in the pods' own memory: without a pod nobody takes them",
      got: '0',
      fix: 'Raise it to 1, or take a broker as the source, which keeps tasks while no pod is there.',
    });
  } else if (scale.by !== 'keda' && oldest.minor < SCALE_TO_ZERO_MINOR) {
    problems.push({
      prop: 'scale.min',
      wanted: `must be 1 or more while cluster.oldest is below 1.${SCALE_TO_ZERO_MINOR}`,
      got: `0 with ${oldest.text}`,
      fix:
        `Raise it to 1, or scale by KEDA, or raise cluster.oldest to 1.${SCALE_TO_ZERO_MINOR}, where scaling to ` +
        'zero is on by default.',
    });
  }
}

interface Oldest {
  readonly minor: number;
  /** For messages: the version, and whether it is a default. */
  readonly text: string;
}

/** Checks the oldest version of Kubernetes. */
export function settleOldest(cluster: ClusterSpec | undefined, problems: Problem[]): Oldest {
  const oldest = cluster?.oldest ?? DEFAULT_OLDEST;
  const minor = /^1\.(\d{1,3})$/.exec(oldest)?.[1];
  if (minor === undefined) {
    problems.push({
      prop: 'cluster.oldest',
      wanted: 'must be a minor version such as 1.32',
      got: JSON.stringify(oldest),
      fix: `Give the oldest Kubernetes version that you deploy to, or leave it out for ${DEFAULT_OLDEST}.`,
    });
    return { minor: 0, text: 'an unknown version' };
  }
  const origin = cluster?.oldest === undefined ? ' (the default)' : '';
  return { minor: Number(minor), text: `cluster.oldest ${oldest}${origin}` };
}
