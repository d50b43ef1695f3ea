import { type Fields, within } from '../../plan/fields';
import { formatNumber } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { memberText, valueText } from '../../workload/value-text';
import { VARIABLE_PATTERN } from '../../workload/variable-name';
import { valueAt, type Wants } from './fill';
import type { WorkerAroundProps, WorkerSignals } from './props';
import { containerOf } from './said';
import type { Target } from './target';
import { isWhole } from './variable-wants';
import { variableOf } from './variables';

const CORRECT = 'Correct it where the manifest is made, or by refine() before Worker.around';

/** The container that was planned has to be in what is written. */
export function checkContainer(document: Fields, { name, container, problems }: Target): Problem[] {
  if (problems.length > 0 || containerOf(document, container) !== undefined) return [];
  return [
    {
      prop: 'container',
      wanted: `must still be in Deployment ${name} when it is written`,
      got: `none that is called ${container}`,
      fix: 'Rename it before Worker.around.',
    },
  ];
}

/** What of a manifest disagrees with the plan. */
export function checkManifest(document: Fields, target: Target, { fields, variables }: Wants): Problem[] {
  const its = containerOf(document, target.container);
  if (its === undefined) return [];
  return [
    ...fields.flatMap(({ pointer, value, agrees, wanted }) => {
      const got = valueAt(document, pointer);
      if (agrees(got)) return [];
      const rest = value === undefined ? '' : '; what is left out is filled in';
      return [problem(target, pointer, { wanted, got: shown(got), fix: `${CORRECT}${rest}.` })];
    }),
    ...variables.flatMap(({ name, value, agrees, wanted }) => {
      const got = variableOf(its, name, target);
      if (got === undefined ? value === undefined : got.text !== undefined && agrees(got.text)) return [];
      const fix = `${CORRECT}${value === undefined ? '' : '; where nothing sets it, it is added'}.`;
      return [problem(target, `env ${name}`, { wanted, got: got?.shown ?? 'nothing', fix })];
    }),
  ];
}

/** The argument that tells the program its bound has to be there: only the program knows where it belongs. */
export function checkArgument(
  document: Fields,
  target: Target,
  { concurrency }: WorkerAroundProps,
): Problem[] {
  const { argument, bound } = concurrency;
  const its = containerOf(document, target.container);
  if (argument === undefined || its === undefined) return [];
  const all = [its.command ?? [], its.args ?? []].flat().map(String);
  // Of several the last one counts.
  const at = all.findLastIndex((it) => it === argument || it.startsWith(`${argument}=`));
  const found = all[at];
  const value = found === argument ? all[at + 1] : found?.slice(argument.length + 1);
  if (value !== undefined && isWhole(value, bound)) return [];
  return [
    problem(target, `args ${argument}`, {
      wanted: `must be ${bound}, as concurrency.bound says`,
      got: value === undefined ? 'nothing' : JSON.stringify(value),
      fix: `Let the container have ${argument}=${bound} in its args, or correct concurrency.bound.`,
    }),
  ];
}

function problem({ name }: Target, field: string, { wanted, got, fix }: Omit<Problem, 'prop'>): Problem {
  return { prop: `Deployment ${name} ${field}`, wanted, got, fix };
}

function shown(got: unknown): string {
  return got === undefined ? 'nothing' : valueText(got);
}

/** What is wrong with props that the plan does not know. */
export function checkAroundProps({ scale, signals, concurrency }: WorkerAroundProps): Problem[] {
  return [...checkMin(scale.min), ...checkSignals(signals), ...checkBound(concurrency)];
}

function checkMin(min: number): Problem[] {
  if (min !== 0) return [];
  return [
    {
      prop: 'scale.min',
      wanted:
        'must be 1 or more around a program that Capstan did not generate: nobody knows what it says without a pod',
      got: '0',
      fix: 'Raise it.',
    },
  ];
}

function checkSignals(signals: WorkerSignals): Problem[] {
  const { busy, backlog } = signals;
  if (busy === undefined && backlog === undefined) {
    return [
      {
        prop: 'signals',
        wanted: 'must be busy, backlog or both',
        got: 'none',
        fix: 'Name a metric of the program or of its queue.',
      },
    ];
  }
  return Object.entries({ busy, backlog }).flatMap(([name, signal]) =>
    signal === undefined || /^[^/%\s]+$/.test(signal.metric)
      ? []
      : [
          {
            prop: `signals.${name}.metric`,
            wanted: 'must be a name without spaces, / and %',
            got: valueText(signal.metric),
            fix: 'Give the name under which the metrics API knows it.',
          },
        ],
  );
}

function checkBound({ variable }: WorkerAroundProps['concurrency']): Problem[] {
  if (variable === undefined || VARIABLE_PATTERN.test(variable)) return [];
  return [
    {
      prop: memberText('concurrency', 'variable'),
      wanted: 'must be the name of a variable',
      got: valueText(variable),
      fix: 'Correct the name.',
    },
  ];
}

/** A count of pods that stands in the manifest is the autoscaler's, or is being handed over. */
export function checkReplicas(
  document: Fields,
  target: Target,
  { scale: { adopt, max } }: WorkerAroundProps,
): Problem[] {
  // cdk8s-plus leaves its own count out of the document once the autoscaler is there.
  const replicas = within(document, 'spec', 'replicas') ?? target.deployment?.replicas;
  const prop = '/spec/replicas';
  if (adopt === undefined) {
    if (replicas === undefined) return [];
    return [
      problem(target, prop, {
        wanted: 'must be left to the autoscaler',
        got: shown(replicas),
        fix: isCount(replicas, max)
          ? `Take it out where the manifest is made if it was never deployed. If it runs, hand the count over, or the next ` +
            `apply sets it to 1: scale.adopt: { replicas: ${String(replicas)} }.`
          : `Take it out where the manifest is made: only 1 to ${formatNumber(max)} (scale.max) pods can be handed over.`,
      }),
    ];
  }
  const problems = [...checkAdopted(adopt.replicas, max), ...checkStatement(adopt.handedOver)];
  if (adopt.handedOver !== undefined || !isCount(adopt.replicas, max) || replicas === adopt.replicas)
    return problems;
  return [
    ...problems,
    problem(target, prop, {
      wanted: `must be ${formatNumber(adopt.replicas)} (scale.adopt.replicas) until it is handed over`,
      got: shown(replicas),
      fix: 'Give the number that the manifest has; without one there is nothing to hand over.',
    }),
  ];
}

function isCount(replicas: unknown, max: number): boolean {
  return Number.isSafeInteger(replicas) && Number(replicas) >= 1 && Number(replicas) <= max;
}

function checkAdopted(replicas: number, max: number): Problem[] {
  if (isCount(replicas, max)) return [];
  return [
    {
      prop: 'scale.adopt.replicas',
      wanted: `must be a whole number from 1 to ${formatNumber(max)} (scale.max): the autoscaler would begin by taking pods away`,
      got: formatNumber(replicas),
      fix: 'Raise scale.max, or give the number that the manifest has.',
    },
  ];
}

function checkStatement(handedOver: string | undefined): Problem[] {
  if (handedOver?.trim() !== '') return [];
  return [
    {
      prop: 'scale.adopt.handedOver',
      wanted: 'must say that the count is handed over in each cluster',
      got: JSON.stringify(handedOver),
      fix: 'Say in one sentence who runs the commands of handover, and when.',
    },
  ];
}
