import { numberAt, textAt, within } from '../fields';
import type { Problem } from '../problem';
import { called, listAt } from './document';
import type { Activation } from './scaler';
import type { SignalKind } from './settings';
import { meaningOf, summed } from './signals';

const POLLING_SECONDS = 30;
const COOLDOWN_SECONDS = 300;

/** Fewest and most pods of a ScaledObject that says nothing. */
export const KEDA_PODS = { min: 0, max: 100 } as const;

/** Names of what a trigger of KEDA has to count for each pod, in the order in which they are looked for. */
const THRESHOLDS = [
  'threshold',
  'lagThreshold',
  'pendingEntriesCount',
  'streamLength',
  'lagCount',
  'value',
  'queueLength',
];

/** A ScaledObject as KEDA works with it. */
export interface Keda {
  /** The autoscaler that KEDA makes. */
  readonly autoscaler: unknown;
  /** Meaning of each of its metrics. */
  readonly meanings: Readonly<Record<string, SignalKind>>;
  /** What takes the last pod away; `undefined` where one always stays. */
  readonly activation: Activation | undefined;
}

/**
 * What KEDA makes of a ScaledObject: an autoscaler with an External metric for each trigger, at least one pod, and a look
 * of its own at whether anything is left to do (github.com/kedacore/keda, pkg/scaling and
 * controllers/keda/hpa.go). Defaults are those of KEDA 2: polls each 30 s, takes the last pod after 300 s, 100 pods.
 */
export function readScaledObject(
  document: unknown,
  own: Readonly<Record<string, SignalKind>> | undefined,
  problems: Problem[],
): Keda {
  const spec = within(document, 'spec');
  const least = numberAt(spec, 'minReplicaCount') ?? KEDA_PODS.min;
  const triggers = listAt(spec, 'triggers').map((trigger, index) =>
    readTrigger(trigger, `${called(document)}: spec.triggers[${index}]`, index, own, problems),
  );
  const behavior = within(spec, 'advanced', 'horizontalPodAutoscalerConfig', 'behavior');
  return {
    meanings: Object.fromEntries(triggers.map(({ name, meaning }) => [name, meaning])),
    autoscaler: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: within(document, 'metadata'),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', ...targetOf(spec) },
        minReplicas: Math.max(1, least),
        maxReplicas: numberAt(spec, 'maxReplicaCount') ?? KEDA_PODS.max,
        metrics: triggers.map(({ name, threshold, type }) => ({
          type: 'External',
          external: {
            metric: { name },
            target: { type, [type === 'Value' ? 'value' : 'averageValue']: threshold },
          },
        })),
        ...(behavior !== undefined && { behavior }),
      },
    },
    activation:
      least > 0
        ? undefined
        : {
            pollingSeconds: numberAt(spec, 'pollingInterval') ?? POLLING_SECONDS,
            cooldownSeconds: numberAt(spec, 'cooldownPeriod') ?? COOLDOWN_SECONDS,
            triggers: triggers.map(({ meaning, above, asksPrometheus }) => ({
              meaning: summed(meaning, { source: 'External' }),
              above,
              asksPrometheus,
            })),
          },
  };
}

function targetOf(spec: unknown): object {
  const target = within(spec, 'scaleTargetRef');
  return typeof target === 'object' && target !== null ? target : {};
}

interface Trigger {
  readonly name: string;
  readonly meaning: SignalKind;
  readonly threshold: string;
  readonly type: 'Value' | 'AverageValue';
  readonly above: number;
  readonly asksPrometheus: boolean;
}

function readTrigger(
  trigger: unknown,
  prop: string,
  index: number,
  own: Readonly<Record<string, SignalKind>> | undefined,
  problems: Problem[],
): Trigger {
  const type = textAt(trigger, 'type') ?? '';
  const metadata = within(trigger, 'metadata');
  const given = textAt(trigger, 'name') ?? '';
  const texts = [given, textAt(metadata, 'query') ?? '', type].filter((text) => text !== '');
  const meaning = meaningOf(texts, own);
  if (meaning === undefined) problems.push(unknownTrigger(prop, type, given));
  const named = THRESHOLDS.map((name) => within(metadata, name)).find((value) => value !== undefined);
  if (named === undefined) problems.push(noThreshold(prop, type));
  return {
    name: `s${index}-${given || type}`,
    meaning: meaning ?? 'backlog',
    threshold: String(named ?? 1),
    type: textAt(trigger, 'metricType') === 'Value' ? 'Value' : 'AverageValue',
    above:
      Number(within(metadata, 'activationThreshold') ?? within(metadata, 'activationLagThreshold') ?? 0) || 0,
    asksPrometheus: type === 'prometheus',
  };
}

function unknownTrigger(prop: string, type: string, name: string): Problem {
  const key = name || type || 'name of the trigger';
  return {
    prop,
    wanted:
      'must be a trigger that can be simulated: a query of a metric of the worker, or what a broker has not settled',
    got: name === '' ? type || 'nothing' : `${type} ${name}`,
    fix: `Say what it counts with metrics: { '${key}': 'utilization' | 'busy' | 'backlog' | 'unsettled' }.`,
  };
}

function noThreshold(prop: string, type: string): Problem {
  return {
    prop,
    wanted: 'must say how much of it there is for each pod',
    got: type === '' ? 'nothing' : `${type} without a threshold`,
    fix: 'Add metadata.threshold, or what the trigger calls it.',
  };
}
