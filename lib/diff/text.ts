import { fieldsOf } from '../plan/fields';
import { cut, type Paint, paintFor, type Style } from '../terminal/paint';
import { EFFECTS, type Effect, type ObjectChange } from './change';
import { type FieldChange, pathOf } from './field-changes';

/** How differences are shown. */
export interface DiffStyle {
  /** Characters of a line. */
  readonly width: number;
  readonly colors: boolean;
}

/** Objects of one effect that are shown with their fields; of the rest only how many they are. */
const FIELDS_SHOWN = 12;
const LEAST_VALUE = 20;

const MEANING: Readonly<Record<Effect, string>> = {
  replace: 'pods come, or go for good',
  restart: 'pods are rolled',
  resize: 'more or fewer pods, or other resources while they run',
  nothing: 'pods go on as they are',
};

const COLORS: Readonly<Record<Effect, Style>> = {
  replace: 'red',
  restart: 'yellow',
  resize: 'cyan',
  nothing: 'green',
};

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;
const SIGN_COLORS = { added: 'green', changed: 'yellow', removed: 'red' } as const;

/** Differences for people: what does most to pods first. */
export function diffText(changes: readonly ObjectChange[], { width, colors }: DiffStyle): string {
  const paint = paintFor(colors);
  const groups = [...EFFECTS].reverse().flatMap((effect) => {
    const found = changes.filter((change) => change.effect === effect);
    if (found.length === 0) return [];
    const title = `${paint(COLORS[effect], paint('bold', effect))}  ${paint('dim', MEANING[effect])}`;
    return [[title, ...found.flatMap((change) => objectLines(change, width, paint))].join('\n')];
  });
  return groups.join('\n\n');
}

/** How many objects each effect has. */
export function diffSummary(changes: readonly ObjectChange[]): Readonly<Record<Effect, number>> {
  const count = (effect: Effect) => changes.filter((change) => change.effect === effect).length;
  return {
    nothing: count('nothing'),
    resize: count('resize'),
    restart: count('restart'),
    replace: count('replace'),
  };
}

function objectLines(change: ObjectChange, width: number, paint: Paint): string[] {
  const { object, why, fields } = change;
  const sign = paint(SIGN_COLORS[change.change], SIGNS[change.change]);
  const shown = fields.slice(0, FIELDS_SHOWN);
  const more = fields.length - shown.length;
  return [
    `  ${sign} ${paint('bold', object)}`,
    ...why.map((text) => `      ${text}`),
    ...shown.map((field) => `      ${fieldLine(field, width - 6, paint)}`),
    ...(more > 0 ? [`      ${paint('dim', `and ${more} more: see --json`)}`] : []),
  ];
}

function fieldLine(field: FieldChange, width: number, paint: Paint): string {
  const path = pathOf(field);
  const each = Math.max(LEAST_VALUE, Math.floor((width - path.length - 5) / 2));
  const [was, is] = shortened(field);
  const [before, after] = [cut(was, each), cut(is, each)];
  const values =
    field.was === undefined ? paint('green', after) : field.is === undefined ? paint('red', before) : '';
  if (values !== '') return `${paint('dim', path)}  ${field.was === undefined ? '+' : '-'} ${values}`;
  return `${paint('dim', path)}  ${paint('red', before)} → ${paint('green', after)}`;
}

/** Both values as texts; of texts of many lines the first that differs; of what begins alike, from where it differs. */
function shortened({ was, is }: FieldChange): [string, string] {
  const [before, after] = [textOf(was).split('\n'), textOf(is).split('\n')];
  if (before.length === 1 || after.length === 1)
    return fromDifference(before.join('\n'), after.join('\n'), '');
  const at = before.findIndex((line, index) => line !== after[index]);
  const line = at < 0 ? before.length : at;
  const shown = (lines: readonly string[]) => (lines[line] ?? 'nothing').trim();
  return fromDifference(shown(before), shown(after), `line ${line + 1}: `);
}

/** Texts that are longer than this begin shortly before they differ. */
const LONG = 40;
const BEFORE_DIFFERENCE = 8;

function fromDifference(one: string, other: string, prefix: string): [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const from = same - BEFORE_DIFFERENCE;
  if (from <= 0 || Math.max(one.length, other.length) < LONG) return [`${prefix}${one}`, `${prefix}${other}`];
  return [`${prefix}…${one.slice(from)}`, `${prefix}…${other.slice(from)}`];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const isPlain = fieldsOf(value) === undefined && !Array.isArray(value);
  return isPlain ? String(value) : JSON.stringify(value);
}
