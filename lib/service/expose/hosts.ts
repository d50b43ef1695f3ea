import { isIP } from 'node:net';

const HOST_MAX = 253;
const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const HOST = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*$`);

/** Whether routes and Ingresses take a host: a DNS name, or a wildcard for all names of one more label and beyond. */
export function isHost(text: unknown): boolean {
  return typeof text === 'string' && text.length <= HOST_MAX && HOST.test(text) && isIP(text) === 0;
}

/** Whether some name belongs to both hosts. */
export function hostsMeet(one: string, other: string): boolean {
  return one === other || covers(one, other) || covers(other, one);
}

function covers(wildcard: string, host: string): boolean {
  return wildcard.startsWith('*.') && host.endsWith(wildcard.slice(1));
}
