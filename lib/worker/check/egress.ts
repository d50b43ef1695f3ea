import type { Problem } from '../../plan/problem';
import type { Egress, EgressToAddresses, EgressToPods, WorkerProps } from '../props';
import { holdsRange, parseRange } from './address-range';
import { valueText } from './value-text';

const PORT_MAX = 65_535;

/** What is wrong with what the pods may call. */
export function checkEgress({ egress = [] }: WorkerProps): Problem[] {
  return egress.flatMap((rule, index) => {
    const prop = `egress[${index}]`;
    return [...checkPorts(rule, prop), ...checkPeer(rule, prop)];
  });
}

function checkPorts({ ports }: Egress, prop: string): Problem[] {
  if (ports.length > 0 && ports.every(isPort)) return [];
  return [
    {
      prop: `${prop}.ports`,
      wanted: `must be one or more whole numbers from 1 to ${PORT_MAX}`,
      got: JSON.stringify(ports),
      fix: 'Name the TCP ports that the pods call.',
    },
  ];
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= PORT_MAX;
}

function checkPeer(rule: Egress, prop: string): Problem[] {
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
      fix: 'Name the labels of the pods that are called, such as app.kubernetes.io/name.',
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
