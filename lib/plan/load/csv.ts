import { brokenLoad, type Load } from './load';
import { loadFromSamples, type Sample } from './samples';

const TIME_NAMES = new Set(['time', 'seconds', 'timestamp']);
const RATE_NAMES = new Set(['rate', 'tasks/s', 'tasks per second', 'value']);

/**
 * A load from a table in CSV: a header `time,rate` or `seconds,tasks/s`, then a line for each time, in ascending order.
 * Times are seconds, or dates such as `2026-05-04T13:30:00Z`; the first one is the start. Between two of them the rate
 * runs straight. Ends of lines may be those of Windows; empty lines and a byte order mark are passed over.
 *
 * @param text what the file holds
 * @param name of the file, for messages
 * @returns a load with one problem when the text is not such a table
 */
export function parseLoadCsv(text: string, name = 'the CSV'): Load {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
  const [header, ...rows] = lines;
  if (header === undefined) return brokenLoad(name, wrongHeader(name, 'an empty file'));
  const [time, rate, ...others] = cells(header.line);
  const isHeader = TIME_NAMES.has(time?.toLowerCase() ?? '') && RATE_NAMES.has(rate?.toLowerCase() ?? '');
  if (!isHeader || others.length > 0) {
    return brokenLoad(name, wrongHeader(name, JSON.stringify(header.line.slice(0, 60))));
  }
  return loadFromSamples(
    name,
    rows.map(({ line, number }) => sampleOf(line, number)),
  );
}

function sampleOf(line: string, number: number): Sample {
  const [time = '', rate = '', ...others] = cells(line);
  return {
    where: `line ${number}`,
    seconds: timeOf(time),
    rate: others.length > 0 ? Number.NaN : decimal(rate),
    text: JSON.stringify(line.slice(0, 60)),
  };
}

function cells(line: string): string[] {
  return line.split(',').map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number as tables have it; no number when it is another text, such as 0x10. */
function decimal(text: string): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Seconds of a time; no number when it is none. A date without a zone is taken as UTC. */
function timeOf(text: string): number {
  const match = DATE.exec(text);
  if (match === null) return decimal(text);
  const [, clock, , , zone] = match;
  if (!isDay(text.slice(0, 10))) return Number.NaN;
  const isLocal = clock !== undefined && zone === undefined;
  return Date.parse(`${text.replace(' ', 'T')}${isLocal ? 'Z' : ''}`) / 1000;
}

/** Whether a month has such a day: Date takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const midnight = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

function wrongHeader(name: string, got: string) {
  return {
    prop: name,
    wanted: 'must begin with the line time,rate or seconds,tasks/s',
    got,
    fix: 'Add it, and separate columns by commas.',
  };
}
