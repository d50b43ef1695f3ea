import { isIP, isIPv4, isIPv6 } from 'node:net';
import { isQuantity } from './quantity';
import type { Check } from './walk';

/** Formats of strings that an API server checks, each with what it asks for. Others mean nothing to it. */
const FORMATS: { readonly [name: string]: readonly [noun: string, takes: (text: string) => boolean] } = {
  ipv4: ['an IPv4 address', isIPv4],
  ipv6: ['an IPv6 address', isIPv6],
  ip: ['an IP address', (text) => isIP(text) > 0],
  cidr: ['an address range such as 10.0.0.0/8', isCidr],
  uuid: ['a UUID', (text) => /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text)],
  date: [
    'a date such as 2026-01-31',
    (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
  ],
  hostname: [
    'a host name',
    (text) => text.length <= 255 && /^[\w]([\w-]{0,61}[\w])?(\.[\w]([\w-]{0,61}[\w])?)*$/.test(text),
  ],
  quantity: ['a quantity such as 500m or 512Mi', isQuantity],
};

/** The check of a format; one that takes everything when an API server does not know the format. */
export function formatCheck(format: string): Check {
  const [noun, takes] = FORMATS[format] ?? [];
  if (takes === undefined) return () => {};
  return (value, walk) => {
    if (typeof value !== 'string' || takes(value)) return;
    walk.add('value', { wanted: `must be ${noun}`, got: walk.show(value), fix: 'Correct it.' });
  };
}

/** Whether text is an address range such as `10.0.0.0/8`. */
export function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most && text.split('/').length === 2;
}
