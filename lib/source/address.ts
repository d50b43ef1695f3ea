import { isIP } from 'node:net';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const PORT_MAX = 65_535;

/** A DNS name, or one that a search domain completes. */
const NAME = /^[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*\.?$/i;

/** Reads `host:port`, with an IPv6 address in brackets; `undefined` when it is none. */
export function parseAddress(text: unknown): Address | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s/@]+)):(\d{1,5})$/.exec(String(text)) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > PORT_MAX) return undefined;
  const isHost = bracketed === undefined ? NAME.test(host) : isIP(host) === 6;
  return isHost ? { host, port } : undefined;
}

/**
 * Reads the address of a NATS server: `host:port`, or a URL `nats://` or `tls://`, whose port is 4222 unless it says
 * another one. `undefined` when it is none, or when it carries a user: a configuration is no place for a secret.
 */
export function parseNatsServer(text: unknown): Address | undefined {
  const [, , rest] = /^(nats|tls):\/\/(.+)$/.exec(String(text)) ?? [];
  if (rest === undefined) return parseAddress(text);
  const address = rest.replace(/\/$/, '');
  return parseAddress(/:\d+$/.test(address) ? address : `${address}:4222`);
}
