import { formatNumber, formatQuantity } from '../format';
import type { Problem } from '../problem';
import type { Unit } from '../unit';

/** What a number of a spec has to be. */
export interface NumberRule {
  /** The property as a user writes it. */
  readonly prop: string;
  readonly unit: Unit;
  /** Least legal value; also what an illegal one is replaced by when it is too small or no number. */
  readonly min: number;
  /** Greatest legal value. */
  readonly max: number;
  /** Parts that a unit may be given in: 1 for whole numbers, 1000 for thousandths. Left out: any. */
  readonly parts?: number;
  /** What to do about it, an imperative sentence. */
  readonly fix: string;
}

/**
 * Checks one number and returns it, or the legal number next to it after a problem was reported. A number that
 * differs from a legal step by float noise only (0.1 + 0.2) is snapped to it.
 */
export function checkNumber(value: number, rule: NumberRule, problems: Problem[]): number {
  const legal = nearestLegal(value, rule);
  if (!sameNumber(value, legal)) {
    problems.push({ prop: rule.prop, wanted: wanted(value, rule), got: got(value, rule), fix: rule.fix });
  }
  return legal;
}

function sameNumber(value: number, legal: number): boolean {
  return value === legal || Math.abs(value - legal) <= Math.abs(legal) * 1e-9;
}

function nearestLegal(value: number, rule: NumberRule): number {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    return rule.min;
  }
  const bounded = Math.min(rule.max, Math.max(rule.min, value));
  return rule.parts === undefined ? bounded : Math.round(bounded * rule.parts) / rule.parts;
}

function wanted(value: number, rule: NumberRule): string {
  if (value > rule.max) {
    return `must be ${shown(rule.max, rule)} or less`;
  }
  if (rule.parts === 1) {
    return `must be a whole number of ${shown(rule.min, rule)} or more`;
  }
  if (rule.parts !== undefined && value >= rule.min) {
    return `must be a multiple of ${shown(1 / rule.parts, rule)}`;
  }
  return `must be ${shown(rule.min, rule)} or more`;
}

function got(value: number, rule: NumberRule): string {
  return typeof value === 'number' ? shown(value, rule) : typeof value;
}

function shown(value: number, rule: NumberRule): string {
  // A count stands alone: the property already says what is counted.
  const isCount = rule.parts === 1 && rule.unit !== 'seconds' && rule.unit !== 'bytes';
  return isCount || !Number.isFinite(value) ? formatNumber(value) : formatQuantity(value, rule.unit);
}
