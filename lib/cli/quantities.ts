import { InvalidArgumentError } from 'commander';

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  k: 1e3,
  M: 1e6,
  G: 1e9,
};

/** Less is a number without its unit: no program starts in it. */
const LEAST_BYTES = 2 ** 20;

/** A whole number of 1 or more, from the command line. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number of 1 or more.');
  }
  return value;
}

/** Bytes, as Kubernetes writes them: `96Mi`. */
export function parseBytes(text: string): number {
  const [, number, suffix = ''] = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|k|M|G)?$/.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (BYTES[suffix] ?? Number.NaN));
  if (!(bytes >= LEAST_BYTES))
    throw new InvalidArgumentError('It must be a quantity such as 96Mi, 1Mi or more.');
  return bytes;
}

/** CPU cores, as Kubernetes writes them: `0.5` or `500m`. */
export function parseCores(text: string): number {
  const [, number, milli] = /^(\d+(?:\.\d+)?)(m)?$/.exec(text) ?? [];
  const cores = Number(number) / (milli === undefined ? 1 : 1000);
  if (!(cores > 0)) throw new InvalidArgumentError('It must be a number of cores such as 0.5 or 500m.');
  return cores;
}
