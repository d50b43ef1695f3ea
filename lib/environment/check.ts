import type { Problem } from '../plan/problem';
import { checkTelemetry } from '../telemetry/check';
import { NAME_PATTERN } from '../workload/names';
import { checkCharts } from './check-charts';
import { checkEntry } from './check-entry';
import { checkNodePools } from './check-node-pools';
import { checkVersions } from './check-versions';
import type { Environment } from './environment';

const LABEL_MAX = 63;

/** What is wrong with an environment's own properties, and with the namespaces of its charts. */
export function checkEnvironment(environment: Environment): Problem[] {
  return [
    ...checkName(environment),
    ...checkNamespaces(environment),
    ...checkVersions(environment.kubernetes, 'kubernetes'),
    ...checkNodePools(environment),
    ...checkCharts(environment),
    ...checkPrometheus(environment),
    ...checkEntry(environment.entry),
    ...(environment.telemetry === undefined ? [] : checkTelemetry(environment.telemetry)),
  ];
}

/** The name is a folder of the manifests and a word of the command line. */
function checkName({ name }: Environment): Problem[] {
  return isLabel(name) ? [] : [noLabel('id', name)];
}

function checkNamespaces({ namespaces }: Environment): Problem[] {
  return namespaces.flatMap(({ name, existing, quota, limitRange }, index) => {
    const prop = index === 0 ? 'namespace' : `namespaces[${index - 1}].name`;
    if (!isLabel(name)) return noLabel(prop, name);
    if (existing && (quota ?? limitRange) !== undefined) return bounded(`namespaces[${index - 1}]`, name);
    if (namespaces.findIndex((other) => other.name === name) === index) return [];
    return {
      prop,
      wanted: 'must differ from every other namespace of the environment',
      got: name,
      fix: 'Rename it, or leave it out.',
    };
  });
}

function bounded(prop: string, name: string): Problem {
  return {
    prop,
    wanted:
      'must have no quota and no limitRange when it is existing, since the environment makes nothing in it',
    got: name,
    fix: 'Bound it where it is made, or put a Quota into one of its charts.',
  };
}

/** Paths of the API are added to the address. */
function checkPrometheus({ prometheus }: Environment): Problem[] {
  if (prometheus === undefined) return [];
  const { address } = prometheus;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isPlain = url?.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (isPlain && (url.protocol === 'http:' || url.protocol === 'https:')) return [];
  return [
    {
      prop: 'prometheus.address',
      wanted: 'must be a URL http:// or https:// without a user, a query and a fragment',
      got: JSON.stringify(address),
      fix: 'Give the address of its HTTP API, such as http://prometheus.monitoring.svc:9090.',
    },
  ];
}

function isLabel(name: string): boolean {
  return NAME_PATTERN.test(name) && name.length <= LABEL_MAX;
}

function noLabel(prop: string, got: string): Problem {
  return {
    prop,
    wanted: `must be a name of at most ${LABEL_MAX} lower-case letters, digits and dashes that begins with a letter`,
    got: JSON.stringify(got),
    fix: 'Rename it.',
  };
}
