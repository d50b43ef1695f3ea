import { BlockList, isIP } from 'node:net';

/** Addresses that begin with the same bits. */
export interface AddressRange {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  /** Bits that all addresses share. */
  readonly bits: number;
}

/** Reads a range in CIDR notation (RFC 4632, RFC 4291), such as `10.0.0.0/8`; `undefined` when it is none. */
export function parseRange(text: unknown): AddressRange | undefined {
  const [, address, digits] = /^([^/%]+)\/(0|[1-9]\d{0,2})$/.exec(String(text)) ?? [];
  if (address === undefined || digits === undefined) return undefined;
  const version = isIP(address);
  const bits = Number(digits);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return undefined;
  return { family: version === 4 ? 'ipv4' : 'ipv6', address, bits };
}

/** Whether a range lies within another one and is smaller, as Kubernetes wants the exceptions of a range. */
export function holdsRange(outer: AddressRange, inner: AddressRange): boolean {
  if (outer.family !== inner.family || outer.bits >= inner.bits) return false;
  const list = new BlockList();
  list.addSubnet(outer.address, outer.bits, outer.family);
  return list.check(inner.address, inner.family);
}
