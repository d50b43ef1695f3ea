import { stripVTControlCharacters } from 'node:util';

const LONGEST = 300;
/** Where jest goes on with the place of a failure. */
const PLACE = /^\s*(at |>?\s*\d+ \|)/;

/** A message of several lines, or a long one, as one line. */
export function inOneLine(message: string): string {
  const line = stripVTControlCharacters(message).replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** What failed, and the log that says more, unless it names one itself. */
export function withLog(said: string, log: string): string {
  return said.includes('Its log: ') ? said : `${said.replace(/\.$/, '')}. Its log: ${log}`;
}

/** What failed first by a log of jest: the test, and why; undefined where it says nothing of that. */
export function firstFailure(log: string): string | undefined {
  const lines = stripVTControlCharacters(log).split('\n');
  const start = lines.findIndex((line) => /^ {2}● \S/.test(line));
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => PLACE.test(line) || /^ {2}● \S/.test(line));
  const why = inOneLine(rest.slice(0, end < 0 ? undefined : end).join('\n'));
  return `${lines[start]?.replace(/^ {2}● /, '').trim()}: ${why}`;
}
