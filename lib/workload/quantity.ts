import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-27';

const KIBIBYTE = 1024;

/** Suffixes of quantities, in ascending order. */
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** Seconds of a duration, fractions kept. */
export function seconds(duration: Duration): number {
  return duration.toMilliseconds({ integral: false }) / 1000;
}

/** Bytes of a size, fractions of a unit kept. */
export function bytes(size: Size): number {
  return Math.round(size.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) * KIBIBYTE);
}

/** Cores of a CPU amount, such as 0.5 for `500m`. */
export function cores(cpu: Cpu): number {
  const { amount } = cpu;
  return amount.endsWith('m') ? Number(amount.slice(0, -1)) / 1000 : Number(amount);
}

/** A Kubernetes quantity of bytes in the form that the API server stores: `256Mi`, `10Gi`, or `1500` when it has to be. */
export function byteQuantity(value: number): string {
  const whole = Math.ceil(value);
  return whole % KIBIBYTE === 0 ? scaled(whole, KIBIBYTE, BINARY) : scaled(whole, 1000, DECIMAL);
}

function scaled(value: number, step: number, suffixes: readonly string[]): string {
  let rest = value;
  let power = 0;
  while (rest !== 0 && rest % step === 0 && power < suffixes.length - 1) {
    rest /= step;
    power++;
  }
  return `${rest}${suffixes[power]}`;
}

/** A Kubernetes quantity in the form that the API server stores: `2`, or thousandths such as `700m`. */
export function milliQuantity(value: number): string {
  const thousandths = Math.round(value * 1000);
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}
