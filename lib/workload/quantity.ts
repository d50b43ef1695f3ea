import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-27';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 ** 2;

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

/** A Kubernetes quantity of bytes in the form that the API server stores: `256Mi`, or plain bytes. */
export function byteQuantity(value: number): string {
  return value % MEBIBYTE === 0 ? `${value / MEBIBYTE}Mi` : String(Math.ceil(value));
}

/** A Kubernetes quantity in the form that the API server stores: `2`, or thousandths such as `700m`. */
export function milliQuantity(value: number): string {
  const thousandths = Math.round(value * 1000);
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}
