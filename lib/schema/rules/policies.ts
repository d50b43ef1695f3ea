import { quantityValue } from '../quantity';
import {
  addRelation,
  checkFilled,
  checkRange,
  has,
  numberAt,
  objectAt,
  objectsAt,
  type TypeRule,
  textAt,
} from './rule';
import { checkShare } from './workloads';

/** A HorizontalPodAutoscaler's spec. */
export const autoscalerSpec: TypeRule = (fields, walk, span) => {
  const least = numberAt(fields, 'minReplicas') ?? 1;
  checkRange(walk, fields, 'maxReplicas', Math.max(1, least));
  if (least > 0) return;
  if (least < 0 || !span.turnsOn('HPAScaleToZero', '1.37')) {
    const wanted = 'must be 1 or more while a cluster has the feature gate HPAScaleToZero off';
    const fix = 'Raise it, or raise kubernetes.oldest to 1.37.';
    return addRelation(walk, wanted, String(least), fix, 'minReplicas');
  }
  if (objectsAt(fields, 'metrics').some(({ type }) => type === 'Object' || type === 'External')) return;
  const wanted = 'must hold an Object or External metric for minReplicas 0';
  addRelation(walk, wanted, 'none', 'Add one: pods that are not there have no metrics.', 'metrics');
};

/** How fast a HorizontalPodAutoscaler scales. */
export const scalingRules: TypeRule = (fields, walk) => {
  checkRange(walk, fields, 'stabilizationWindowSeconds', 0, 3600);
};

/** A limit of how fast a HorizontalPodAutoscaler scales. */
export const scalingPolicy: TypeRule = (fields, walk) => {
  checkRange(walk, fields, 'value', 1);
  checkRange(walk, fields, 'periodSeconds', 1, 1800);
};

/** What a metric is held at. */
export const metricTarget: TypeRule = (fields, walk) => {
  const present = ['value', 'averageValue', 'averageUtilization'].filter((name) => has(fields, name));
  const chosen = { Value: 'value', AverageValue: 'averageValue', Utilization: 'averageUtilization' }[
    textAt(fields, 'type')
  ];
  if (chosen === undefined || !present.includes(chosen)) {
    const wanted = `must have what type ${textAt(fields, 'type')} names`;
    return addRelation(walk, wanted, present.join(' and ') || 'nothing', `Give ${chosen ?? 'a value'}.`);
  }
  const value = quantityValue(fields[chosen]) ?? 1;
  if (value > 0) return;
  walk.add('value', { wanted: 'must be above 0', got: walk.show(fields[chosen]), fix: 'Raise it.' }, chosen);
};

/** A PodDisruptionBudget's spec. */
export const disruptionBudgetSpec: TypeRule = (fields, walk) => {
  for (const name of ['minAvailable', 'maxUnavailable']) checkShare(walk, fields, name);
  if (!has(fields, 'minAvailable') || !has(fields, 'maxUnavailable')) return;
  addRelation(walk, 'must have minAvailable or maxUnavailable', 'both', 'Keep one of them.');
};

/** A PersistentVolumeClaim's spec. */
export const claimSpec: TypeRule = (fields, walk) => {
  const modes = Array.isArray(fields.accessModes) ? fields.accessModes : [];
  if (modes.length === 0) {
    walk.add('required', { wanted: 'must not be empty', got: 'nothing', fix: 'Add one.' }, 'accessModes');
  } else if (modes.length > 1 && modes.includes('ReadWriteOncePod')) {
    const fix = 'Take the others out.';
    addRelation(walk, 'must be alone where it holds ReadWriteOncePod', modes.join(', '), fix, 'accessModes');
  }
  const size = objectAt(objectAt(fields, 'resources'), 'requests').storage;
  if ((quantityValue(size) ?? 0) > 0) return;
  const text = { wanted: 'must be above 0', got: walk.show(size), fix: 'Say how much storage it asks for.' };
  walk.add('required', text, 'resources', 'requests', 'storage');
};

/** A PersistentVolume's spec. */
export const volumeSpec: TypeRule = (fields, walk) => {
  const size = objectAt(fields, 'capacity').storage;
  if ((quantityValue(size) ?? 0) > 0) return;
  const text = { wanted: 'must be above 0', got: walk.show(size), fix: 'Say how much storage it has.' };
  walk.add('required', text, 'capacity', 'storage');
};

/** A CronJob's spec. */
export const cronJobSpec: TypeRule = (fields, walk) => {
  const schedule = textAt(fields, 'schedule');
  if (has(fields, 'timeZone') && !isTimeZone(textAt(fields, 'timeZone'))) {
    const text = {
      wanted: 'must be a time zone',
      got: walk.show(fields.timeZone),
      fix: 'Write one such as Etc/UTC.',
    };
    walk.add('value', text, 'timeZone');
  }
  if (schedule.includes('TZ')) {
    addRelation(walk, 'must not name a time zone', walk.show(schedule), 'Set timeZone.', 'schedule');
  } else if (!isSchedule(schedule)) {
    const wanted = 'must be five fields (minute, hour, day, month, day of week) or such as @daily';
    walk.add('value', { wanted, got: walk.show(schedule), fix: 'Correct it.' }, 'schedule');
  }
};

/** A rule of a Role or ClusterRole. */
export const policyRule: TypeRule = (fields, walk) => {
  const isEmpty = (name: string) => !Array.isArray(fields[name]) || fields[name].length === 0;
  if (isEmpty('verbs')) addRelation(walk, 'must not be empty', 'no verbs', 'Add one.', 'verbs');
  const ofResources = ['apiGroups', 'resources'];
  if (!isEmpty('nonResourceURLs')) {
    if (ofResources.every(isEmpty)) return;
    return addRelation(walk, 'must be about resources or nonResourceURLs', 'both', 'Make two rules of it.');
  }
  for (const name of ofResources.filter(isEmpty))
    addRelation(walk, 'must not be empty', 'nothing', 'Add one.', name);
};

/** Whom a RoleBinding or ClusterRoleBinding is for. */
export const subject: TypeRule = (fields, walk) => {
  checkFilled(walk, fields, 'name');
  const wanted = fields.kind === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io';
  const kinds = ['ServiceAccount', 'User', 'Group'];
  if (!kinds.includes(textAt(fields, 'kind'))) {
    const text = {
      wanted: `must be one of ${kinds.join(', ')}`,
      got: walk.show(fields.kind),
      fix: 'Correct it.',
    };
    return walk.add('value', text, 'kind');
  }
  const found = textAt(fields, 'apiGroup');
  if (found === wanted || found === '') return;
  addRelation(
    walk,
    `must be "${wanted}" for ${textAt(fields, 'kind')}`,
    walk.show(found),
    'Take it out.',
    'apiGroup',
  );
};

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const NAMED_SCHEDULES = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$/;
const FIELD = String.raw`(\*|\?|[\dA-Za-z]+(-[\dA-Za-z]+)?)(\/\d+)?`;
const SCHEDULE_FIELD = new RegExp(`^${FIELD}(,${FIELD})*$`);
const MOST = [59, 23, 31, 12, 7];

function isSchedule(text: string): boolean {
  if (text.startsWith('@')) return NAMED_SCHEDULES.test(text);
  const fields = text.trim().split(/\s+/);
  return (
    fields.length === MOST.length && fields.every((field, index) => isScheduleField(field, MOST[index] ?? 0))
  );
}

function isScheduleField(field: string, most: number): boolean {
  const numbers = field.replace(/\/\d+/g, '').match(/\d+/g) ?? [];
  return SCHEDULE_FIELD.test(field) && numbers.every((number) => Number(number) <= most);
}
