import type { Identity } from '../kind';
import type { Span } from '../versions';
import { type Check, isObject } from '../walk';
import { checkForm, FORMS, type Form } from './forms';

/** A CronJob adds 11 characters to its name for those of its Jobs, which may have 63. */
const CRON_JOB_NAME_MAX = 52;

const CRON_JOB: Form = {
  takes: (text) => text.length <= CRON_JOB_NAME_MAX && FORMS.subdomain.takes(text),
  noun: `at most ${CRON_JOB_NAME_MAX} lower-case letters, digits, dashes and dots, since its Jobs have longer names`,
};

/** Kinds whose names have another form than most, by group and kind. */
const EXCEPTIONS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['/Service', FORMS.service],
  ['/Namespace', FORMS.label],
  ['batch/CronJob', CRON_JOB],
  ['policy/PodDisruptionBudget', FORMS.pathSegment],
  ...['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].map((kind): [string, Form] => [
    `rbac.authorization.k8s.io/${kind}`,
    FORMS.pathSegment,
  ]),
]);

/** Kinds whose names are made of other parts, which other rules check. */
const OTHERS = new Set(['networking.k8s.io/IPAddress', 'apiregistration.k8s.io/APIService']);

/** Groups of kinds that are asked, not stored, so that they need no name. */
const NAMELESS = new Set(['authentication.k8s.io', 'authorization.k8s.io']);

/** The check of an object's name. */
export function nameRule({ group, kind }: Identity, span: Span): Check {
  const identity = `${group}/${kind}`;
  if (OTHERS.has(identity) || NAMELESS.has(group)) return () => {};
  const isRelaxed = identity === '/Service' && span.turnsOn('RelaxedServiceNameValidation', '1.36');
  const form = isRelaxed ? FORMS.label : (EXCEPTIONS.get(identity) ?? FORMS.subdomain);
  return (value, walk) => {
    const metadata = isObject(value) && isObject(value.metadata) ? value.metadata : {};
    const { name, generateName } = metadata;
    if (typeof name === 'string' && name !== '') return checkForm(walk, name, form, 'metadata', 'name');
    if ((name !== undefined && name !== null && name !== '') || generateName !== undefined) return;
    walk.add(
      'required',
      { wanted: 'must be set', got: walk.show(name), fix: 'Name it.' },
      'metadata',
      'name',
    );
  };
}
