import type { Walk } from '../walk';
import { checkForm, FORMS } from './forms';
import {
  addRelation,
  checkFilled,
  checkRange,
  type Fields,
  has,
  objectsAt,
  type TypeRule,
  textAt,
} from './rule';

const PROBES_OF_LIFE = ['livenessProbe', 'startupProbe'];

/** A container of a pod. */
export const container: TypeRule = (fields, walk) => {
  checkForm(walk, textAt(fields, 'name'), FORMS.label, 'name');
  checkFilled(walk, fields, 'image');
  checkPorts(fields, walk);
  for (const probe of PROBES_OF_LIFE) {
    const { successThreshold = 1 } = (fields[probe] ?? {}) as Fields;
    if (successThreshold === 1 || successThreshold === 0) continue;
    const got = walk.show(successThreshold);
    addRelation(walk, `must be 1 for a ${probe}`, got, 'Take it out.', probe, 'successThreshold');
  }
};

/** A variable of a container. */
export const envVar: TypeRule = (fields, walk) => {
  checkForm(walk, textAt(fields, 'name'), FORMS.envName, 'name');
  if (!has(fields, 'valueFrom') || textAt(fields, 'value') === '') return;
  addRelation(walk, 'must have value or valueFrom', 'both', 'Keep one of them.');
};

/** Variables of a container from a ConfigMap or Secret. */
export const envFrom: TypeRule = (fields, walk) => {
  const prefix = textAt(fields, 'prefix');
  if (prefix !== '') checkForm(walk, prefix, FORMS.envName, 'prefix');
};

/** A port of a container. */
export const containerPort: TypeRule = (fields, walk) => {
  checkRange(walk, fields, 'containerPort', 1, 65535);
  checkRange(walk, fields, 'hostPort', 0, 65535);
  const name = textAt(fields, 'name');
  if (name !== '') checkForm(walk, name, FORMS.portName, 'name');
};

/** A mount of a volume in a container. */
export const volumeMount: TypeRule = (fields, walk) => {
  checkFilled(walk, fields, 'mountPath');
  for (const name of ['subPath', 'subPathExpr']) {
    const path = textAt(fields, name);
    if (!path.startsWith('/') && !path.split('/').includes('..')) continue;
    walk.add(
      'value',
      { wanted: 'must be a path below the volume', got: walk.show(path), fix: 'Correct it.' },
      name,
    );
  }
};

/** What a probe or a hook calls. */
export const portNumberOrName: TypeRule = (fields, walk) => checkPortNumberOrName(walk, fields, 'port');

/** Security settings of a container. */
export const securityContext: TypeRule = (fields, walk) => {
  checkRange(walk, fields, 'runAsUser', 0, 2 ** 31 - 1);
  checkRange(walk, fields, 'runAsGroup', 0, 2 ** 31 - 1);
  if (fields.allowPrivilegeEscalation !== false || fields.privileged !== true) return;
  const wanted = 'must not be false in a privileged container';
  addRelation(walk, wanted, 'false', 'Take one of them out.', 'allowPrivilegeEscalation');
};

/** A seccomp or AppArmor profile. */
export const localhostProfile: TypeRule = (fields, walk) => {
  const isLocal = fields.type === 'Localhost';
  const isNamed = textAt(fields, 'localhostProfile') !== '';
  if (isLocal === isNamed) return;
  const wanted = isLocal
    ? 'must be set for type Localhost'
    : `must not be set for type ${String(fields.type)}`;
  const fix = isLocal ? 'Name the profile.' : 'Take it out.';
  addRelation(walk, wanted, walk.show(fields.localhostProfile), fix, 'localhostProfile');
};

/** A port by number or by name. */
export function checkPortNumberOrName(walk: Walk, fields: Fields, name: string): void {
  const value = fields[name];
  if (typeof value === 'string') checkForm(walk, value, FORMS.portName, name);
  else checkRange(walk, fields, name, 1, 65535);
}

function checkPorts(fields: Fields, walk: Walk): void {
  const names = new Set<string>();
  for (const [index, port] of objectsAt(fields, 'ports').entries()) {
    const name = textAt(port, 'name');
    if (name === '') continue;
    if (names.has(name)) addDuplicate(walk, name, 'ports', index, 'name');
    names.add(name);
  }
}

/** Adds that a value is there already. */
export function addDuplicate(walk: Walk, value: string, ...place: readonly (string | number)[]): void {
  const text = {
    wanted: 'must differ from the others',
    got: `${walk.show(value)} again`,
    fix: 'Change one of them.',
  };
  walk.add('duplicate', text, ...place);
}
