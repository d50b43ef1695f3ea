import { alternativeChecks } from './check-alternatives';
import { distinctByKeys, distinctElements, listCheck, mustBeList } from './check-list';
import { mustBeObject, objectCheck, type RequiredField } from './check-object';
import { addUnlisted, valueChecks } from './check-value';
import { absence, absenceCheck } from './check-versions';
import { ruleOf } from './rules';
import { scalarCheck } from './scalars';
import type { Shape, ShapeRules, Table, Versions } from './shape';
import { ownerOf } from './tables';
import { type ListedValue, parseTypeText } from './type-text';
import { listVersions, type Span } from './versions';
import type { Check } from './walk';

/** Turns the types of tables into checks for some versions of Kubernetes, each when it is first needed. */
export class Compiler {
  private readonly types = new Map<Table, Map<string, Check>>();

  constructor(private readonly span: Span) {}

  /**
   * The check of a type.
   *
   * @param table the one that says the text
   * @throws Error when there is no such type
   */
  type(table: Table, text: string): Check {
    const parsed = parseTypeText(text);
    if (parsed.form !== 'type') return this.text(text, table);
    const owner = ownerOf(parsed, table);
    if (owner === undefined) throw new Error(`${text} is in no table`);
    const known = this.types.get(owner) ?? new Map<string, Check>();
    this.types.set(owner, known);
    const found = known.get(parsed.name);
    if (found !== undefined) return found;
    // Types can contain themselves.
    let check: Check = (value, walk) => {
      check = this.named(owner, parsed.name);
      known.set(parsed.name, check);
      check(value, walk);
    };
    const late: Check = (value, walk) => check(value, walk);
    known.set(parsed.name, late);
    return late;
  }

  private named(table: Table, name: string): Check {
    const shape = table.types[name];
    if (shape === undefined) throw new Error(`${name} is not in the table of ${table.group}`);
    const check = this.shape(shape, table);
    const rule = ruleOf(table.group, name, this.span);
    return rule === undefined ? check : inOrder(check, rule);
  }

  private shape(shape: Shape, table: Table): Check {
    if (typeof shape === 'string') return this.text(shape, table);
    const rules = this.rules(shape, table);
    if (shape.is !== undefined) return inOrder(this.text(shape.is, table), all(rules));
    if (shape.fields !== undefined || shape.rest !== undefined) return inOrder(mustBeObject, all(rules));
    return shape.items === undefined ? all(rules) : inOrder(mustBeList, all(rules));
  }

  /** The checks of what a shape says, without those of its type. */
  private rules(shape: ShapeRules, table: Table, isPartial = false): Check[] {
    const checks = [...valueChecks(shape), ...alternativeChecks(shape, (part) => this.partial(part, table))];
    if (shape.items !== undefined) {
      checks.push(listCheck(isPartial ? this.part(shape.items, table) : this.shape(shape.items, table)));
    }
    if (shape.keys !== undefined) checks.push(distinctByKeys(shape.keys));
    if (shape.unique === true) checks.push(distinctElements);
    if (shape.fields !== undefined || shape.rest !== undefined || shape.required !== undefined) {
      checks.push(this.object(shape, table, isPartial));
    }
    return checks;
  }

  private partial(shape: ShapeRules, table: Table): Check {
    return all(this.rules(shape, table, true));
  }

  private part(shape: Shape, table: Table): Check {
    return typeof shape === 'string' ? this.text(shape, table) : this.partial(shape, table);
  }

  private object(shape: ShapeRules, table: Table, isPartial: boolean): Check {
    const fields = Object.entries(shape.fields ?? {});
    const rest = shape.rest === undefined ? undefined : this.shape(shape.rest, table);
    return objectCheck({
      source: table.source === 'Kubernetes' ? String(this.span) : table.source,
      fields: new Map(
        fields.map(([name, field]) => [name, isPartial ? this.part(field, table) : this.field(field, table)]),
      ),
      nullable: new Set(
        fields.flatMap(([name, field]) => (typeof field === 'object' && field.nulls === true ? [name] : [])),
      ),
      required: this.required(shape),
      rest: rest ?? (isPartial || shape.open === true ? 'open' : 'closed'),
    });
  }

  private field(shape: Shape, table: Table): Check {
    const absent = typeof shape === 'string' ? undefined : absenceCheck(shape, this.span);
    return absent ?? this.shape(shape, table);
  }

  private required({ required = [], requiredIn = {} }: ShapeRules): RequiredField[] {
    const sometimes = Object.entries(requiredIn).flatMap(([name, ranges]) => {
      const outside = this.span.outside(ranges);
      const asking = this.span.minors.filter((minor) => !outside.includes(minor));
      if (asking.length === 0) return [];
      return {
        name,
        by: outside.length === 0 ? undefined : `, as Kubernetes ${listVersions(asking)} wants it`,
      };
    });
    return [...required.map((name) => ({ name, by: undefined })), ...sometimes];
  }

  private text(text: string, table: Table): Check {
    const parsed = parseTypeText(text);
    switch (parsed.form) {
      case 'scalar':
        return parsed.name === 'object' ? mustBeObject : scalarCheck(parsed.name);
      case 'values':
        return this.values(parsed.values);
      case 'type':
        return this.type(table, text);
      case 'map':
        return inOrder(mustBeObject, this.object({ rest: parsed.of }, table, false));
      case 'list': {
        const checks = [listCheck(this.text(parsed.of, table))];
        if (parsed.keys.length > 0) checks.push(distinctByKeys(parsed.keys));
        if (parsed.unique) checks.push(distinctElements);
        return inOrder(mustBeList, all(checks));
      }
      default:
        return parsed satisfies never;
    }
  }

  private values(listed: readonly ListedValue[]): Check {
    const isString = scalarCheck('string');
    const ranges = new Map<unknown, Versions | undefined>(listed.map((it) => [it.value, it.in]));
    const everywhere = new Set<unknown>(
      listed
        .filter((it) => it.in === undefined || this.span.outside(it.in).length === 0)
        .map((it) => it.value),
    );
    return (value, walk) => {
      // The API server takes an empty string for an absent one.
      if (everywhere.has(value) || value === '') return;
      if (typeof value !== 'string') return isString(value, walk);
      const range = ranges.get(value);
      if (range === undefined) return addUnlisted(walk, value, [...everywhere].map(String));
      const { got, fix } = absence(range, this.span);
      walk.add('version', {
        wanted: `must be a value of all of ${this.span}`,
        got: `${walk.show(value)}, ${got}`,
        fix,
      });
    };
  }
}

/** A check, and a second one of what the first finds nothing in: that would only give the same problem twice. */
function inOrder(first: Check, second: Check): Check {
  return (value, walk) => {
    const before = walk.problems.length;
    first(value, walk);
    if (walk.problems.length === before) second(value, walk);
  };
}

function all(checks: readonly Check[]): Check {
  const [first, second] = checks;
  if (first === undefined) return () => {};
  if (second === undefined) return first;
  if (checks.length === 2) {
    return (value, walk) => {
      first(value, walk);
      second(value, walk);
    };
  }
  return (value, walk) => {
    for (const check of checks) check(value, walk);
  };
}
