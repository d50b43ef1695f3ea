/** Texts of times, sizes and CPU, and the functions that take their numbers. */
const UNITS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Duration: { ms: 'millis', s: 'seconds', m: 'minutes', min: 'minutes', h: 'hours', d: 'days' },
  Size: {
    k: 'kibibytes',
    ki: 'kibibytes',
    kb: 'kibibytes',
    m: 'mebibytes',
    mi: 'mebibytes',
    mb: 'mebibytes',
    g: 'gibibytes',
    gi: 'gibibytes',
    gb: 'gibibytes',
    t: 'tebibytes',
    ti: 'tebibytes',
    tb: 'tebibytes',
  },
  Cpu: { '': 'units', m: 'millis' },
};

/** What plain numbers are taken for. */
const PLAIN: Readonly<Record<string, string>> = { Duration: 'millis', Size: 'mebibytes' };

/** From here on a number is taken for thousandths of a CPU. */
const MILLIS = 64;

/** The call that makes a quantity of what was written instead: `Size.gibibytes(10)` for `'10Gi'`. */
export function quantityCall(value: unknown, name: string): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) {
    const plain = name === 'Cpu' ? (value < MILLIS ? 'units' : 'millis') : PLAIN[name];
    return plain === undefined ? undefined : `${name}.${plain}(${value})`;
  }
  if (typeof value !== 'string') return undefined;
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value) ?? [];
  const units = UNITS[name];
  const call = units === undefined || unit === undefined ? undefined : own(units, unit.toLowerCase());
  return call === undefined ? undefined : `${name}.${call}(${amount})`;
}

function own(units: Readonly<Record<string, string>>, unit: string): string | undefined {
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}
