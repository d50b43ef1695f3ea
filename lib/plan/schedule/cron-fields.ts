/** The values that one field of a cron expression takes. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  /** Whether it takes any value: of day and weekday a field that does not decides. */
  readonly isAny: boolean;
}

interface FieldRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The five fields, in order, as Kubernetes reads them (robfig/cron, `ParseStandard`). */
const FIELDS: readonly FieldRule[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'weekday', min: 0, max: 6, words: DAYS },
];

/** Words that Kubernetes knows for common schedules. */
export const CRON_WORDS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A cron expression, field by field. */
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly day: CronField;
  readonly month: CronField;
  readonly weekday: CronField;
}

/** Reads a cron expression of five fields; a text says what is wrong with it. */
export function parseCron(expression: string): CronFields | string {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) return `${texts.length} fields`;
  const fields = FIELDS.map((rule, index) => parseField(texts[index] ?? '', rule));
  const wrong = fields.find((field) => typeof field === 'string');
  if (wrong !== undefined) return wrong;
  const [minute, hour, day, month, weekday] = fields as CronField[];
  if (!minute || !hour || !day || !month || !weekday) return expression;
  return { minute, hour, day, month, weekday };
}

function parseField(text: string, rule: FieldRule): CronField | string {
  const values = new Set<number>();
  let isAny = false;
  for (const part of text.split(',')) {
    const range = parseRange(part, rule);
    if (typeof range === 'string') return `${range} as the ${rule.name}`;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
    isAny ||= range.isAny;
  }
  return { values, isAny };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly isAny: boolean;
}

/** `*`, `?`, `5`, `1-5`, and any of them with `/step`; `5/10` is `5-59/10`. */
function parseRange(part: string, rule: FieldRule): Range | string {
  const [, body = '', stepText] = /^([^/]*)(?:\/(\d+))?$/.exec(part) ?? [];
  const step = stepText === undefined ? 1 : Number(stepText);
  if (body === '' || step < 1) return JSON.stringify(part);
  if (body === '*' || body === '?') {
    return { from: rule.min, to: rule.max, step, isAny: step === 1 };
  }
  const [low = '', high, ...rest] = body.split('-');
  const from = parseValue(low, rule);
  const end = high === undefined ? (stepText === undefined ? from : rule.max) : parseValue(high, rule);
  if (rest.length > 0 || from === undefined || end === undefined || end < from) return JSON.stringify(part);
  return { from, to: end, step, isAny: false };
}

function parseValue(text: string, { min, max, words }: FieldRule): number | undefined {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return word + min;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
