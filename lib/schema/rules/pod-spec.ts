import type { Walk } from '../walk';
import { addDuplicate } from './containers';
import { checkForm, FORMS } from './forms';
import { checkLabels } from './metadata';
import {
  addRelation,
  checkFilled,
  checkRange,
  type Fields,
  has,
  objectAt,
  objectsAt,
  type TypeRule,
  textAt,
} from './rule';

const HOOKS = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'];

/** A pod, or the template of one. */
export const podSpec: TypeRule = (fields, walk) => {
  for (const [index, volume] of objectsAt(fields, 'volumes').entries()) {
    checkForm(walk, textAt(volume, 'name'), FORMS.label, 'volumes', index, 'name');
  }
  checkContainerNames(fields, walk);
  checkInitContainers(fields, walk);
  checkHostPorts(fields, walk);
  checkLabels(walk, objectAt(fields, 'nodeSelector'), 'nodeSelector');
  checkRange(walk, fields, 'activeDeadlineSeconds', 1, 2 ** 31 - 1);
  for (const name of ['serviceAccountName', 'priorityClassName', 'nodeName', 'runtimeClassName']) {
    const text = textAt(fields, name);
    if (text !== '') checkForm(walk, text, FORMS.subdomain, name);
  }
  for (const name of ['hostname', 'subdomain']) {
    const text = textAt(fields, name);
    if (text !== '') checkForm(walk, text, FORMS.label, name);
  }
  if (fields.dnsPolicy !== 'None' || Array.isArray(objectAt(fields, 'dnsConfig').nameservers)) return;
  addRelation(
    walk,
    'must name a server for dnsPolicy None',
    'nothing',
    'Add one.',
    'dnsConfig',
    'nameservers',
  );
};

/** A toleration of a pod. */
export const toleration: TypeRule = (fields, walk) => {
  const key = textAt(fields, 'key');
  const operator = textAt(fields, 'operator') || 'Equal';
  if (key !== '') checkForm(walk, key, FORMS.qualifiedName, 'key');
  else if (operator !== 'Exists') {
    addRelation(walk, 'must be Exists without a key', operator, 'Write Exists, or name a key.', 'operator');
  }
  if (operator === 'Exists' && textAt(fields, 'value') !== '') {
    addRelation(walk, 'must be empty with operator Exists', walk.show(fields.value), 'Take it out.', 'value');
  }
  if (operator === 'Equal') checkForm(walk, textAt(fields, 'value'), FORMS.labelValue, 'value');
  if (!has(fields, 'tolerationSeconds') || fields.effect === 'NoExecute') return;
  addRelation(
    walk,
    'must be NoExecute with tolerationSeconds',
    walk.show(fields.effect),
    'Correct it.',
    'effect',
  );
};

/** A rule of how pods are spread. */
export const topologySpread: TypeRule = (fields, walk) => {
  checkRange(walk, fields, 'maxSkew', 1);
  checkFilled(walk, fields, 'topologyKey');
  if (!has(fields, 'minDomains') || fields.whenUnsatisfiable === 'DoNotSchedule') return;
  const fix = 'Take it out, or write DoNotSchedule.';
  addRelation(walk, 'must not be set with ScheduleAnyway', walk.show(fields.minDomains), fix, 'minDomains');
};

function checkContainerNames(fields: Fields, walk: Walk): void {
  const containers = objectsAt(fields, 'containers');
  if (containers.length === 0) {
    walk.add(
      'required',
      { wanted: 'must not be empty', got: 'an empty list', fix: 'Add a container.' },
      'containers',
    );
  }
  const names = new Set(containers.map((it) => textAt(it, 'name')));
  for (const [index, container] of objectsAt(fields, 'initContainers').entries()) {
    const name = textAt(container, 'name');
    if (names.has(name)) addDuplicate(walk, name, 'initContainers', index, 'name');
  }
}

function checkInitContainers(fields: Fields, walk: Walk): void {
  for (const [index, container] of objectsAt(fields, 'initContainers').entries()) {
    if (container.restartPolicy === 'Always') continue;
    for (const name of HOOKS.filter((it) => has(container, it))) {
      const wanted = 'must not be set in an init container that ends before the others start';
      const fix = 'Take it out, or set restartPolicy to Always.';
      addRelation(walk, wanted, 'an object', fix, 'initContainers', index, name);
    }
  }
}

/** Ports of the node can be taken once, and on the node's own network a port is the node's. */
function checkHostPorts(fields: Fields, walk: Walk): void {
  const taken = new Set<string>();
  for (const [index, container] of objectsAt(fields, 'containers').entries()) {
    for (const [position, port] of objectsAt(container, 'ports').entries()) {
      const place = ['containers', index, 'ports', position, 'hostPort'] as const;
      const { hostPort, containerPort, protocol = 'TCP', hostIP = '' } = port;
      if (hostPort === undefined || hostPort === 0) continue;
      if (fields.hostNetwork === true && hostPort !== containerPort) {
        const wanted = `must equal containerPort, ${String(containerPort)}, with hostNetwork`;
        addRelation(walk, wanted, String(hostPort), 'Take it out.', ...place);
      }
      const identity = `${String(hostPort)}/${String(protocol)} ${String(hostIP)}`;
      if (taken.has(identity)) addDuplicate(walk, identity.trimEnd(), ...place);
      taken.add(identity);
    }
  }
}
