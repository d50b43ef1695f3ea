import type { JsonObject } from '../json-value';
import { numberAt, textAt, within } from '../plan/fields';
import { fixedFields } from '../synth/committed/immutable-fields';
import type { ObjectPair } from './change';
import { type FieldChange, pathOf } from './field-changes';
import type { Verdict } from './settings-effect';

/** Fields that a sentence names. */
const NAMED = 3;

type Rule = (pair: ChangedPair) => Verdict[];

interface ChangedPair extends ObjectPair {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** What a change does by kind, apart from fields that no cluster changes. */
const RULES: Readonly<Record<string, Rule>> = {
  Deployment: (pair) => [...template(pair, deploymentRestart), ...replicas(pair)],
  StatefulSet: (pair) => [...template(pair, setRestart), ...replicas(pair)],
  DaemonSet: (pair) => template(pair, setRestart),
  ReplicaSet: (pair) => [
    ...template(pair, () => quietly('pods that come are of the new template')),
    ...replicas(pair),
  ],
  Job: jobEffect,
  CronJob: () => [quietly('counts from the next run on')],
  Pod: podEffect,
  HorizontalPodAutoscaler: (pair) =>
    scaler(pair, { bounds: ['minReplicas', 'maxReplicas'], signals: 'metrics' }),
  ScaledObject: (pair) =>
    scaler(pair, { bounds: ['minReplicaCount', 'maxReplicaCount', 'idleReplicaCount'], signals: 'triggers' }),
  VerticalPodAutoscaler: () => [{ effect: 'resize', why: 'its pods may get other resources' }],
  PersistentVolumeClaim: claimEffect,
  PodDisruptionBudget: () => [quietly('counts when pods are evicted')],
  NetworkPolicy: () => [quietly('counts for connections of pods that run, too')],
  ResourceQuota: () => [quietly('counts for pods that come')],
  LimitRange: () => [quietly('counts for pods that come')],
};

/** What a change of an object that stays does; a ConfigMap or Secret is judged by those that use it. */
export function changeEffect(pair: ChangedPair): Verdict[] {
  const fixed = fixedEffect(pair);
  if (fixed !== undefined) return [fixed];
  const { kind } = pair.identity;
  const found = (Object.hasOwn(RULES, kind) ? RULES[kind] : undefined)?.(pair) ?? [];
  return found.length > 0 ? found : [quietly('no pod notices it')];
}

/** Kinds whose coming starts pods, and whose going ends them. */
const PODS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod'];
const SCALERS = ['HorizontalPodAutoscaler', 'ScaledObject'];

/** What it does that an object is new. */
export function additionEffect({ identity: { kind } }: ObjectPair): Verdict {
  if (PODS.includes(kind)) return { effect: 'replace', why: 'is new: its pods start' };
  if (SCALERS.includes(kind))
    return { effect: 'resize', why: 'is new: from now on it sets the number of pods' };
  return quietly(kind === 'CronJob' ? 'is new: its first run starts pods' : 'is new');
}

/** What it does that an object goes. */
export function removalEffect({ identity: { kind } }: ObjectPair): Verdict {
  if (PODS.includes(kind)) return { effect: 'replace', why: 'goes: its pods end' };
  if (kind === 'Namespace') return { effect: 'replace', why: 'goes, with all that is in it' };
  if (kind === 'CustomResourceDefinition')
    return { effect: 'replace', why: 'goes, with all objects of its kind' };
  if (kind === 'PersistentVolumeClaim')
    return { effect: 'replace', why: 'goes, with its data where its class says so' };
  if (SCALERS.includes(kind))
    return { effect: 'resize', why: 'goes: nothing changes the number of pods any more' };
  return quietly(kind === 'CronJob' ? 'goes: no run follows, and jobs that run end' : 'goes');
}

function quietly(why: string): Verdict {
  return { effect: 'nothing', why };
}

function fixedEffect(pair: ChangedPair): Verdict | undefined {
  const { identity, before, after, fields, isFixed = false } = pair;
  const known = fixedFields({ identity, before, after }).map(({ pointer }) => pointer.slice(1).split('/'));
  if (!isFixed && known.length === 0) return undefined;
  const inKnown = fields.filter(({ keys }) =>
    known.some((place) => place.every((key, at) => keys[at] === key)),
  );
  const named = inKnown.length > 0 ? inKnown : fields;
  if (!isFixed && inKnown.length === 0) return undefined;
  const outlive = identity.kind === 'StatefulSet' ? ', which its pods outlive with --cascade=orphan' : '';
  return {
    effect: 'replace',
    why: `no cluster changes ${list(named.map(pathOf))}: it has to be deleted and made anew${outlive}`,
  };
}

function template(pair: ChangedPair, judge: (pair: ChangedPair, changed: string) => Verdict): Verdict[] {
  const changed = pair.fields.filter(({ keys }) => keys[0] === 'spec' && keys[1] === 'template');
  return changed.length === 0 ? [] : [judge(pair, list(changed.map(inTemplate)))];
}

/** Shorter than from the top of the document, and as clear. */
function inTemplate({ keys }: FieldChange): string {
  const inner = keys.slice(2);
  return pathOf({ keys: inner[0] === 'spec' ? inner.slice(1) : inner });
}

function deploymentRestart({ after }: ChangedPair, changed: string): Verdict {
  if (within(after, 'spec', 'paused') === true) return quietly('it is paused: pods restart once it goes on');
  return textAt(after, 'spec', 'strategy', 'type') === 'Recreate'
    ? { effect: 'restart', why: `all pods end before new ones start, for ${changed}` }
    : { effect: 'restart', why: `rolls its pods, for ${changed}` };
}

function setRestart({ after }: ChangedPair, changed: string): Verdict {
  if (textAt(after, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return quietly('pods that run stay until somebody deletes them (OnDelete)');
  }
  const from = numberAt(after, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const which = from > 0 ? `members from ${from} on` : 'its pods, one after the other';
  return { effect: 'restart', why: `rolls ${which}, for ${changed}` };
}

function replicas({ fields }: ChangedPair): Verdict[] {
  const change = fields.find(({ keys }) => keys.length === 2 && keys[1] === 'replicas');
  return change === undefined ? [] : [{ effect: 'resize', why: `${arrow(change)} pods` }];
}

function jobEffect({ fields }: ChangedPair): Verdict[] {
  return fields.flatMap((change): Verdict[] => {
    const path = pathOf(change);
    if (path === 'spec.suspend') {
      return [
        { effect: 'resize', why: change.is === true ? 'suspended: its pods end' : 'goes on: its pods start' },
      ];
    }
    return path === 'spec.parallelism' ? [{ effect: 'resize', why: `${arrow(change)} pods at once` }] : [];
  });
}

/** What of a pod changes while it runs; a cluster refuses the rest. */
function podEffect({ fields }: ChangedPair): Verdict[] {
  const inSpec = fields.filter(({ keys }) => keys[0] === 'spec');
  const isImage = ({ keys }: FieldChange) => keys.length === 4 && keys[3] === 'image';
  const isResource = ({ keys }: FieldChange) => keys[1] === 'containers' && keys[3] === 'resources';
  const isQuiet = ({ keys }: FieldChange) =>
    ['tolerations', 'activeDeadlineSeconds', 'terminationGracePeriodSeconds'].includes(keys[1] ?? '');
  const others = inSpec.filter((it) => !isImage(it) && !isResource(it) && !isQuiet(it));
  if (others.length > 0) {
    return [
      {
        effect: 'replace',
        why: `no cluster changes ${list(others.map(pathOf))}: the pod has to be deleted and made anew`,
      },
    ];
  }
  return [
    ...(inSpec.some(isImage)
      ? [{ effect: 'restart', why: 'its containers restart with another image' } as const]
      : []),
    ...(inSpec.some(isResource)
      ? [
          {
            effect: 'resize',
            why: 'gets other resources while it runs, by kubectl patch --subresource resize',
          } as const,
        ]
      : []),
  ];
}

/** What the fields of an autoscaler are called. */
interface ScalerFields {
  readonly bounds: readonly string[];
  readonly signals: string;
}

function scaler({ fields }: ChangedPair, { bounds, signals }: ScalerFields): Verdict[] {
  const inSpec = fields.filter(({ keys }) => keys[0] === 'spec');
  const named = (name: string) => inSpec.filter(({ keys }) => keys[1] === name);
  const verdicts: Verdict[] = bounds.flatMap((name) =>
    named(name).map((change) => ({ effect: 'resize' as const, why: `${name} ${arrow(change)}` })),
  );
  if (named(signals).length > 0) {
    verdicts.push({ effect: 'resize', why: 'it asks for other numbers of pods at the same load' });
  }
  if (named('scaleTargetRef').length > 0)
    verdicts.push({ effect: 'resize', why: 'it scales something else' });
  const rest = inSpec.filter(({ keys }) => ![...bounds, signals, 'scaleTargetRef'].includes(keys[1] ?? ''));
  if (rest.length > 0) verdicts.push(quietly('how fast the number of pods changes'));
  return verdicts;
}

function claimEffect({ fields }: ChangedPair): Verdict[] {
  const size = fields.find((change) => pathOf(change) === 'spec.resources.requests.storage');
  return size === undefined
    ? []
    : [{ effect: 'resize', why: `the volume grows under its pods, ${arrow(size)}, where its class lets it` }];
}

function arrow({ was, is }: FieldChange): string {
  const shown = (value: unknown) => (value === undefined ? 'none' : String(value));
  return `${shown(was)} → ${shown(is)}`;
}

function list(names: readonly string[]): string {
  const more = names.length - NAMED;
  const [shown] = [names.slice(0, NAMED).join(', ')];
  return more > 0 ? `${shown} and ${more} more` : shown;
}
