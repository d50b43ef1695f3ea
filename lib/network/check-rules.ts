import type { Problem } from '../plan/problem';
import { valueText } from '../workload/value-text';
import { holdsRange, parseRange } from './address-range';
import type { Egress, EgressToAddresses, EgressToPods, Ingress } from './peer';

const PORT_MAX = 65_535;

/** What is wrong with what pods may call. */
export function checkEgress(egress: readonly Egress[]): Problem[] {
  return egress.flatMap((rule, index) => checkRule(rule, `egress[${index}]`, 'call'));
}

/**
 * What is wrong with who may call pods.
 *
 * @param prop the property that says it
 */
export function checkIngress(ingress: readonly Ingress[], prop = 'ingress'): Problem[] {
  return ingress.flatMap((rule, index) => checkRule(rule, `${prop}[${index}]`, 'are called on'));
}

function checkRule(rule: Egress | Ingress, prop: string, verb: string): Problem[] {
  return [...checkPorts(rule.ports, prop, verb), ...('all' in rule ? [] : checkPeer(rule, prop))];
}

function checkPorts(ports: readonly number[], prop: string, verb: string): Problem[] {
  if (ports.length > 0 && ports.every(isPort)) return [];
  return [
    {
      prop: `${prop}.ports`,
      wanted: `must be one or more whole numbers from 1 to ${PORT_MAX}`,
      got: JSON.stringify(ports),
      fix: `Name the TCP ports that the pods ${verb}.`,
    },
  ];
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= PORT_MAX;
}

function checkPeer(rule: EgressToAddresses | EgressToPods, prop: string): Problem[] {
  if (!('cidr' in rule)) return checkPods(rule, prop);
  if (!('pods' in rule)) return checkAddresses(rule, prop);
  return [
    {
      prop: `${prop}.pods`,
      wanted: 'must be left out next to cidr',
      got: 'both',
      fix: 'Make two entries of it, one for the addresses and one for the pods.',
    },
  ];
}

/** Kubernetes reads a selector without labels as every pod. */
function checkPods({ pods }: EgressToPods, prop: string): Problem[] {
  if (Object.keys(pods).length > 0) return [];
  return [
    {
      prop: `${prop}.pods`,
      wanted: 'must be one label or more, since none selects every pod of the namespace',
      got: '{}',
      fix: 'Name the labels of the pods, such as app.kubernetes.io/name.',
    },
  ];
}

function checkAddresses({ cidr, except = [] }: EgressToAddresses, prop: string): Problem[] {
  const range = parseRange(cidr);
  const problems: Problem[] = [];
  if (range === undefined) problems.push(noRange(`${prop}.cidr`, cidr));
  for (const [index, hole] of except.entries()) {
    const place = `${prop}.except[${index}]`;
    const inner = parseRange(hole);
    if (inner === undefined) problems.push(noRange(place, hole));
    else if (range !== undefined && !holdsRange(range, inner)) problems.push(outside(place, cidr, hole));
  }
  return problems;
}

function noRange(prop: string, got: unknown): Problem {
  return {
    prop,
    wanted: 'must be a range of IPv4 or IPv6 addresses',
    got: valueText(got),
    fix: 'Write it as ADDRESS/BITS, such as 10.0.0.0/8; one address is 10.1.2.3/32.',
  };
}

function outside(prop: string, cidr: string, got: string): Problem {
  return {
    prop,
    wanted: `must lie within ${cidr} (cidr) and be smaller`,
    got,
    fix: 'Leave it out: what lies outside is closed anyway.',
  };
}
