import type { JsonValue } from '../json-value';
import type { ShapeRules } from './shape';
import { type Check, isObject, Walk } from './walk';

/** Makes the check of a shape of which only what is said counts: other fields are not unknown. */
export type CompileRules = (shape: ShapeRules) => Check;

/** The checks of shapes that are joined by and, or, not. */
export function alternativeChecks(shape: ShapeRules, compile: CompileRules): Check[] {
  const checks = (shape.allOf ?? []).map(compile);
  if (shape.anyOf !== undefined) checks.push(someCheck(shape.anyOf, compile, 'at least'));
  if (shape.oneOf !== undefined) checks.push(someCheck(shape.oneOf, compile, 'exactly'));
  if (shape.not !== undefined) checks.push(notCheck(shape.not, compile));
  const { defaults } = shape;
  if (defaults === undefined) return checks;
  return checks.map((check) => (value, walk) => check(withDefaults(value, defaults), walk));
}

function withDefaults(value: unknown, defaults: { readonly [name: string]: JsonValue }): unknown {
  if (!isObject(value)) return value;
  const absent = Object.entries(defaults).filter(([name]) => (value[name] ?? null) === null);
  return { ...value, ...Object.fromEntries(absent) };
}

function someCheck(
  shapes: readonly ShapeRules[],
  compile: CompileRules,
  amount: 'at least' | 'exactly',
): Check {
  const checks = shapes.map(compile);
  return (value, walk) => {
    const fitting = checks.filter((check) => fits(value, check)).length;
    if (amount === 'exactly' ? fitting === 1 : fitting > 0) return;
    walk.add('relation', describe(value, shapes, amount, fitting));
  };
}

function notCheck(shape: ShapeRules, compile: CompileRules): Check {
  const check = compile(shape);
  return (value, walk) => {
    if (!fits(value, check)) return;
    const names = shape.required?.join(' and ');
    walk.add('relation', {
      wanted:
        names === undefined ? 'must not be of a form that its schema excludes' : `must be without ${names}`,
      got: walk.show(value),
      fix: names === undefined ? 'Correct it.' : 'Take it out.',
    });
  };
}

function fits(value: unknown, check: Check): boolean {
  const walk = new Walk();
  check(value, walk);
  return walk.problems.length === 0;
}

/** Alternatives that only ask for fields can be named; of others there is only a number. */
function describe(value: unknown, shapes: readonly ShapeRules[], amount: string, fitting: number) {
  // The alternative that none of the others holds.
  const others = shapes.filter(({ not }) => not?.anyOf === undefined);
  const sets = others.map((shape) =>
    Object.keys(shape).join() === 'required' ? (shape.required ?? []) : [],
  );
  if (sets.some((names) => names.length === 0)) {
    return {
      wanted: `must fit ${amount} one of ${shapes.length} forms`,
      got: fitting === 0 ? 'one that fits none' : `one that fits ${fitting}`,
      fix: 'See what its schema asks for.',
    };
  }
  const texts = sets.map((names) => names.join(' with '));
  const present = texts.filter((_, index) =>
    sets[index]?.every((name) => isObject(value) && value[name] !== undefined),
  );
  return {
    wanted: `must have ${others.length < shapes.length ? 'at most' : amount} one of ${texts.join(', ')}`,
    got: present.length === 0 ? 'none' : present.join(' and '),
    fix: present.length === 0 ? 'Add one.' : 'Keep one of them.',
  };
}
