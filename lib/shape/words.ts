import { nearest } from '../schema/nearest';
import { isObject } from './is-instance';
import { quantityCall } from './quantity-call';
import type { Shape } from './shape';
import { settled } from './table';
import { literal, wanted } from './wanted';

/** Longest text that is repeated in a message. */
const LONGEST = 40;

/** Classes whose values are never repeated in a message: somebody may have written a password. */
const SECRET = /Secret|EnvValue/;

/** How objects of a class are made, where a name alone does not tell. */
const MADE_BY: Readonly<Record<string, string>> = {
  GoApp: "GoApp.fromDirectory('apps/NAME')",
  EnvValue: "EnvValue.fromValue('TEXT')",
  ISecret: "Secret.fromSecretName(this, 'Secret', 'NAME')",
  IServiceAccount: "ServiceAccount.fromServiceAccountName(this, 'Account', 'NAME')",
  Volume: "Volume.fromEmptyDir(this, 'Volume', 'NAME')",
  Duration: 'Duration.seconds(5)',
  Size: 'Size.mebibytes(256)',
  Cpu: 'Cpu.millis(500)',
  Probe: "Probe.fromHttpGet('/')",
  Cron: 'Cron.daily()',
  CustomSchemas: "CustomSchemas.fromFile('crd.yaml')",
};

/** What was found, in short; where a secret is wanted never a text itself. */
export function got(value: unknown, shape: Shape): string {
  if (typeof value === 'string') {
    const hides = SECRET.test(wanted(shape));
    if (hides) return 'a text';
    return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  }
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list';
  if (!isObject(value)) return typeof value === 'bigint' ? `${value}n` : String(value);
  const name = value.constructor?.name;
  if (typeof name === 'string' && name !== 'Object') return `a ${name}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return '{}';
  return keys.join(', ').length > LONGEST ? 'an object' : `an object with ${keys.join(', ')}`;
}

/** What to do about a value that is not of a shape. */
export function wayOut(value: unknown, shape: Shape): string {
  const whole = settled(shape);
  const all = typeof whole === 'object' && 'union' in whole ? whole.union.map(settled) : [whole];
  const found = all.map((it) => rewritten(value, it)).find((text) => text !== undefined);
  if (found !== undefined) return `Write ${found}.`;
  if (typeof whole === 'object' && 'is' in whole) return 'Write one of these.';
  if (whole === 'none') return 'Remove it.';
  if (typeof shape === 'object' && 'ref' in shape && shape.ref === 'TaskSource') {
    return 'Use Source.memory(), or one of a broker such as broker.stream(…).source(…).';
  }
  const made = all.flatMap((it) =>
    typeof it === 'object' && 'class' in it ? [MADE_BY[it.class] ?? ''] : [],
  );
  const [example] = made.filter((it) => it !== '');
  return example === undefined ? `Give ${wanted(shape)}.` : `Write something like ${example}.`;
}

/** The value as it was probably meant. */
function rewritten(value: unknown, shape: Shape): string | undefined {
  if (typeof shape === 'object' && 'class' in shape) return quantityCall(value, shape.class);
  if (typeof shape === 'object' && 'is' in shape) return likeliest(value, shape.is);
  if (typeof shape === 'object' && 'list' in shape) return inList(value, shape.list);
  if (shape === 'number' && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return value;
  if (shape === 'boolean' && (value === 'true' || value === 'false')) return value;
  if (shape === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return literal(String(value));
  return undefined;
}

function likeliest(value: unknown, all: readonly (string | number | boolean)[]): string | undefined {
  const meant = all.find((it) => String(it) === value || it === String(value));
  if (meant !== undefined) return literal(meant);
  const texts = all.filter((it) => typeof it === 'string');
  const like = typeof value === 'string' ? nearest(value, texts) : undefined;
  return like === undefined ? undefined : literal(like);
}

function inList(value: unknown, item: Shape): string | undefined {
  const isItem = typeof value === settled(item);
  return isItem && (typeof value === 'string' || typeof value === 'number')
    ? `[${literal(value)}]`
    : undefined;
}
