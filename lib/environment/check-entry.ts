import { checkIngress } from '../network/check-rules';
import type { Problem } from '../plan/problem';
import { valueText } from '../workload/value-text';
import type { Certificate, Entry } from './props';

/** A DNS subdomain, as the names of most objects are. */
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Any port stands for those of the services, which are not known here. */
const ANY_PORT = 1;

/** What is wrong with how requests from outside reach the services of an environment. */
export function checkEntry(entry: Entry | undefined): Problem[] {
  if (entry === undefined) return [];
  const from = (entry.from ?? []).map((source) => ({ ...source, ports: [ANY_PORT] }));
  return [
    ...checkNames('entry', namesOf(entry)),
    ...(entry.kind === 'ingress' ? checkCertificate('entry.tls', entry.tls) : []),
    ...checkIngress(from, 'entry.from'),
  ];
}

/** Names of objects, by the property that gives them. */
function namesOf(entry: Entry): Record<string, string | undefined> {
  switch (entry.kind) {
    case 'gateway':
      return { name: entry.name, namespace: entry.namespace, listener: entry.listener };
    case 'ingress':
      return { class: entry.class };
    default:
      return entry satisfies never;
  }
}

/** What is wrong with where an Ingress gets its certificate from. */
export function checkCertificate(prop: string, tls: Certificate | 'none' | undefined): Problem[] {
  return typeof tls === 'object' ? checkNames(prop, { ...tls }) : [];
}

function checkNames(prop: string, names: Readonly<Record<string, string | undefined>>): Problem[] {
  return Object.entries(names).flatMap(([member, name]) => checkName(`${prop}.${member}`, name));
}

function checkName(prop: string, name: string | undefined): Problem[] {
  if (name === undefined || SUBDOMAIN.test(name)) return [];
  return [
    {
      prop,
      wanted: 'must be the name of an object: lower-case letters, digits, dashes and dots',
      got: valueText(name),
      fix: 'Name it as it is in the cluster.',
    },
  ];
}
