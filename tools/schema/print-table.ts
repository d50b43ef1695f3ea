// Tables as text: one field a line, so that a change is seen in review.

import type { Table } from '../../lib/schema/shape';

const LINE = 100;

/** A table as the text of its file. */
export function printTable(table: Table): string {
  return `${print(table, '')}\n`;
}

function print(value: unknown, indent: string): string {
  const flat = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || (flat.length < LINE && indent.length >= 2)) return flat;
  const inner = `${indent} `;
  const lines = Array.isArray(value)
    ? value.map((element) => `${inner}${print(element, inner)}`)
    : Object.entries(value).map(([key, field]) => `${inner}${JSON.stringify(key)}: ${print(field, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
