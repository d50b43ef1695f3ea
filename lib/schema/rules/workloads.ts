import type { Walk } from '../walk';
import { checkForm, FORMS } from './forms';
import { addRelation, type Fields, has, numberAt, objectAt, objectsAt, type TypeRule, textAt } from './rule';
import { every } from './unions';

/** What of a Deployment, StatefulSet, DaemonSet or ReplicaSet refers to its own pods. */
const ownPods: TypeRule = (fields, walk) => {
  const template = objectAt(fields, 'template');
  const labels = objectAt(objectAt(template, 'metadata'), 'labels');
  const selector = objectAt(fields, 'selector');
  const wanted = Object.entries(objectAt(selector, 'matchLabels'));
  if (wanted.length === 0 && objectsAt(selector, 'matchExpressions').length === 0) {
    addRelation(
      walk,
      'must select the pods of the template',
      'a selector of everything',
      'Add labels.',
      'selector',
    );
  }
  for (const [key, value] of wanted) {
    if (labels[key] === value) continue;
    const fix = 'Give both the same labels.';
    const got = `${walk.show(value)}, where the pods have ${walk.show(labels[key])}`;
    addRelation(walk, 'must be a label of the template', got, fix, 'selector', 'matchLabels', key);
  }
  checkRestartPolicy(walk, template, ['Always'], 'template');
};

/** A Deployment's spec. */
export const deploymentSpec: TypeRule = every(ownPods, (fields, walk) => {
  const [deadline, ready = 0] = [
    numberAt(fields, 'progressDeadlineSeconds'),
    numberAt(fields, 'minReadySeconds'),
  ];
  if (deadline !== undefined && deadline <= ready) {
    const wanted = `must be above minReadySeconds, ${ready}`;
    addRelation(walk, wanted, String(deadline), 'Raise it.', 'progressDeadlineSeconds');
  }
  const strategy = objectAt(fields, 'strategy');
  if (strategy.type === 'Recreate' && has(strategy, 'rollingUpdate')) {
    const wanted = 'must not be set for type Recreate';
    addRelation(walk, wanted, 'an object', 'Take it out.', 'strategy', 'rollingUpdate');
  }
});

/** A StatefulSet's spec. */
export const statefulSetSpec: TypeRule = every(ownPods, (fields, walk) => {
  const strategy = objectAt(fields, 'updateStrategy');
  if (strategy.type !== 'OnDelete' || !has(strategy, 'rollingUpdate')) return;
  const wanted = 'must not be set for type OnDelete';
  addRelation(walk, wanted, 'an object', 'Take it out.', 'updateStrategy', 'rollingUpdate');
});

/** A DaemonSet's or ReplicaSet's spec. */
export const otherWorkloadSpec: TypeRule = ownPods;

/** A Job's spec. */
export const jobSpec: TypeRule = (fields, walk) => {
  const template = objectAt(fields, 'template');
  checkRestartPolicy(walk, template, ['OnFailure', 'Never'], 'template');
  if (fields.completionMode !== 'Indexed' || has(fields, 'completions')) return;
  addRelation(walk, 'must be set for completionMode Indexed', 'nothing', 'Add it.', 'completions');
};

/** Limits of a rolling update of a Deployment. */
export const rollingUpdate: TypeRule = (fields, walk) => {
  for (const name of ['maxSurge', 'maxUnavailable']) checkShare(walk, fields, name);
  if (!isNothing(fields.maxSurge) || !isNothing(fields.maxUnavailable)) return;
  addRelation(walk, 'must not be 0 when maxSurge is 0', '0', 'Raise one of them.', 'maxUnavailable');
};

/** Limits of a rolling update of a DaemonSet. */
export const daemonSetUpdate: TypeRule = (fields, walk) => {
  const { maxUnavailable = 1, maxSurge = 0 } = fields;
  for (const name of ['maxSurge', 'maxUnavailable']) checkShare(walk, fields, name);
  if (isNothing(maxSurge) !== isNothing(maxUnavailable)) return;
  const wanted = isNothing(maxSurge) ? 'must not be 0 when maxSurge is 0' : 'must be 0 when maxSurge is not';
  addRelation(walk, wanted, walk.show(maxUnavailable), 'Set one of them to 0.', 'maxUnavailable');
};

/** A number of pods, or a share of them. */
export function checkShare(walk: Walk, fields: Fields, name: string): void {
  const value = fields[name];
  const isRight = typeof value === 'string' ? /^\d+%$/.test(value) : typeof value !== 'number' || value >= 0;
  if (isRight) return;
  const text = {
    wanted: 'must be 0 or more, or a share such as 25%',
    got: walk.show(value),
    fix: 'Correct it.',
  };
  walk.add('value', text, name);
}

/** A StatefulSet's claim templates and its Service. */
export const serviceName: TypeRule = (fields, walk) => {
  const name = textAt(fields, 'serviceName');
  if (name !== '') checkForm(walk, name, FORMS.label, 'serviceName');
};

function isNothing(value: unknown): boolean {
  return value === 0 || (typeof value === 'string' && /^0+%$/.test(value));
}

function checkRestartPolicy(walk: Walk, template: Fields, allowed: readonly string[], place: string): void {
  const policy = textAt(objectAt(template, 'spec'), 'restartPolicy') || 'Always';
  if (allowed.includes(policy)) return;
  const wanted = `must be ${allowed.join(' or ')} here`;
  addRelation(walk, wanted, policy, `Write ${allowed[0]}.`, place, 'spec', 'restartPolicy');
}
