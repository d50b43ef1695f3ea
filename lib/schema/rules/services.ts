import { isCidr } from '../formats';
import type { Walk } from '../walk';
import { addDuplicate, checkPortNumberOrName } from './containers';
import { checkForm, FORMS } from './forms';
import { checkLabels } from './metadata';
import { addRelation, checkRange, has, numberAt, objectAt, objectsAt, type TypeRule, textAt } from './rule';

/** A Service's spec. */
export const serviceSpec: TypeRule = (fields, walk) => {
  const ports = objectsAt(fields, 'ports');
  const isNamed = textAt(fields, 'type') === 'ExternalName';
  if (ports.length === 0 && !isNamed && fields.clusterIP !== 'None') {
    walk.add('required', { wanted: 'must not be empty', got: 'no ports', fix: 'Add one.' }, 'ports');
  }
  if (isNamed && textAt(fields, 'externalName') === '') {
    addRelation(walk, 'must be set for type ExternalName', 'nothing', 'Add it.', 'externalName');
  }
  checkLabels(walk, objectAt(fields, 'selector'), 'selector');
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const name = textAt(port, 'name');
    if (name !== '') {
      checkForm(walk, name, FORMS.label, 'ports', index, 'name');
      if (names.has(name)) addDuplicate(walk, name, 'ports', index, 'name');
      names.add(name);
    } else if (ports.length > 1) {
      addRelation(
        walk,
        'must be set where there are several ports',
        'nothing',
        'Name it.',
        'ports',
        index,
        'name',
      );
    }
  }
};

/** A port of a Service. */
export const servicePort: TypeRule = (fields, walk) => {
  checkRange(walk, fields, 'port', 1, 65535);
  if (fields.targetPort !== 0 && fields.targetPort !== '') checkPortNumberOrName(walk, fields, 'targetPort');
};

/** An Ingress's spec. */
export const ingressSpec: TypeRule = (fields, walk) => {
  if (objectsAt(fields, 'rules').length > 0 || has(fields, 'defaultBackend')) return;
  addRelation(walk, 'must have rules or defaultBackend', 'neither', 'Add one of them.');
};

/** A rule of an Ingress. */
export const ingressRule: TypeRule = (fields, walk) => {
  const host = textAt(fields, 'host');
  if (host !== '') checkForm(walk, host, FORMS.host, 'host');
};

const NOT_IN_PATH = ['//', '/./', '/../', '%2f', '%2F'];

/** A path of an Ingress. */
export const ingressPath: TypeRule = (fields, walk) => {
  const path = textAt(fields, 'path');
  const isFree = fields.pathType === 'ImplementationSpecific';
  const isAbsolute = path.startsWith('/') || (isFree && path === '');
  const isPlain = isFree || (!NOT_IN_PATH.some((part) => path.includes(part)) && !/\/\.\.?$/.test(path));
  if (isAbsolute && isPlain) return;
  walk.add(
    'value',
    { wanted: 'must be an absolute, plain path', got: walk.show(path), fix: 'Correct it.' },
    'path',
  );
};

/** A port of a Service, as an Ingress names it. */
export const backendPort: TypeRule = (fields, walk) => {
  const [name, number] = [textAt(fields, 'name'), numberAt(fields, 'number') ?? 0];
  if ((name === '') === (number === 0)) {
    addRelation(walk, 'must have name or number', name === '' ? 'neither' : 'both', 'Keep one of them.');
  } else if (name !== '') checkForm(walk, name, FORMS.portName, 'name');
  else checkRange(walk, fields, 'number', 1, 65535);
};

/** A peer of a NetworkPolicy. */
export const policyPeer: TypeRule = (fields, walk) => {
  const others = ['podSelector', 'namespaceSelector'].filter((name) => has(fields, name));
  const isBlock = has(fields, 'ipBlock');
  if (isBlock === others.length > 0) {
    const got = isBlock ? `ipBlock and ${others.join(' and ')}` : 'nothing';
    addRelation(walk, 'must have selectors or ipBlock', got, 'Keep one of them.');
  }
};

/** A range of addresses in a NetworkPolicy. */
export const policyBlock: TypeRule = (fields, walk) => {
  const except = Array.isArray(fields.except) ? fields.except.map(String) : [];
  checkBlock(walk, textAt(fields, 'cidr'), 'cidr');
  for (const [index, block] of except.entries()) checkBlock(walk, block, 'except', index);
};

/** A port of a NetworkPolicy. */
export const policyPort: TypeRule = (fields, walk) => {
  const port = fields.port;
  const end = numberAt(fields, 'endPort');
  if (has(fields, 'port')) checkPortNumberOrName(walk, fields, 'port');
  if (end === undefined) return;
  checkRange(walk, fields, 'endPort', 1, 65535);
  if (typeof port === 'number' && end >= port) return;
  const wanted = typeof port === 'number' ? `must be port, ${port}, or more` : 'must go with a port number';
  addRelation(walk, wanted, String(end), 'Correct it, or take it out.', 'endPort');
};

function checkBlock(walk: Walk, block: string, ...place: readonly (string | number)[]): void {
  if (isCidr(block)) return;
  const text = {
    wanted: 'must be an address range such as 10.0.0.0/8',
    got: walk.show(block),
    fix: 'Correct it.',
  };
  walk.add('value', text, ...place);
}
