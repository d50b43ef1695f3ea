import type { Problem } from '../plan/problem';
import { nearest } from '../schema/nearest';
import { fits, isRecord } from './fits';
import { isPlain } from './is-instance';
import type { PropShapes, Shape } from './shape';
import { alternatives, settled } from './table';
import { wanted } from './wanted';
import { got, wayOut } from './words';

/** Everything by which a value differs from a shape, in the order of the shape's properties. */
export function shapeProblems(value: unknown, shape: Shape, prop = ''): Problem[] {
  if (fits(value, shape)) return [];
  const whole = settled(shape);
  if (typeof whole === 'string') return [mismatch(value, shape, prop)];
  if ('union' in whole) return unionProblems(value, shape, prop);
  if ('list' in whole && Array.isArray(value)) {
    // A hole in a list is an item, too.
    return Array.from(value).flatMap((item, index) => shapeProblems(item, whole.list, `${prop}[${index}]`));
  }
  if (isRecord(value) && 'props' in whole) return propsProblems(value, whole.props, prop);
  if (isRecord(value) && 'record' in whole) {
    return Object.entries(value).flatMap(([key, item]) => shapeProblems(item, whole.record, at(prop, key)));
  }
  return [mismatch(value, shape, prop)];
}

function propsProblems(value: Readonly<Record<string, unknown>>, props: PropShapes, prop: string): Problem[] {
  const unknown = isPlain(value) ? unknownProps(value, props) : [];
  const meant = new Map(unknown.map((name) => [nearest(name, left(value, props)), name]));
  const known = Object.entries(props).flatMap(([name, { shape, optional, doc }]) => {
    const item = value[name];
    if (item === undefined && (optional === true || meant.has(name))) return [];
    if (item === undefined && !fits(undefined, shape)) return [missing(shape, at(prop, name), doc)];
    const problems = shapeProblems(item, shape, at(prop, name));
    return item === null ? problems.map((it) => ({ ...it, fix: nullFix(it, optional) })) : problems;
  });
  return [...known, ...unknown.map((name) => unknownProblem(value, name, props, prop))];
}

/** Problems with the alternative that a value is most like. */
function unionProblems(value: unknown, union: Shape, prop: string): Problem[] {
  const all = alternatives(union);
  const props = all.map(settled).flatMap((it) => (typeof it === 'object' && 'props' in it ? [it.props] : []));
  if (isRecord(value) && props.length > 0) {
    return objectProblems(value, props, prop);
  }
  const lists = all.filter((it) => typeof it === 'object' && 'list' in it);
  const [list] = lists;
  if (Array.isArray(value) && lists.length === 1 && list !== undefined)
    return shapeProblems(value, list, prop);
  return [mismatch(value, union, prop)];
}

/** Of objects a tag such as `kind` decides which one is meant; without one, that with the least to change. */
function objectProblems(
  value: Readonly<Record<string, unknown>>,
  all: readonly PropShapes[],
  prop: string,
): Problem[] {
  const candidates = all.filter((props) => tagsFit(value, props));
  if (candidates.length === 0) return tagProblems(value, all, prop);
  // What another alternative knows is not unknown, as TypeScript has it.
  const known: PropShapes = Object.assign({}, ...candidates);
  const lists = candidates.map((props) => {
    const others = Object.keys(known).filter((name) => !Object.hasOwn(props, name));
    const lenient = Object.fromEntries(
      others.map((name) => [name, { shape: 'any', optional: true } as const]),
    );
    return propsProblems(value, { ...props, ...lenient }, prop);
  });
  return lists.reduce((least, problems) => (problems.length < least.length ? problems : least));
}

function tagsFit(value: Readonly<Record<string, unknown>>, props: PropShapes): boolean {
  return tagsOf(props).every(({ name, tag, optional }) => {
    return (optional === true && value[name] === undefined) || value[name] === tag;
  });
}

/** Properties that can have one value only, such as `kind`. */
function tagsOf(props: PropShapes) {
  return Object.entries(props).flatMap(([name, { shape, optional }]) => {
    const tags = typeof shape === 'object' && 'is' in shape ? shape.is : [];
    const [tag] = tags;
    return tags.length === 1 && tag !== undefined ? [{ name, tag, optional }] : [];
  });
}

/** A problem with the first tag that no alternative has. */
function tagProblems(
  value: Readonly<Record<string, unknown>>,
  all: readonly PropShapes[],
  prop: string,
): Problem[] {
  const tags = all.flatMap(tagsOf);
  const names = [...new Set(tags.map(({ name }) => name))];
  const shapes = names.map((name) => {
    const is = tags.filter((it) => it.name === name).map(({ tag }) => tag);
    return { name, shape: { is: [...new Set(is)] } };
  });
  const wrong = shapes.find(({ name, shape }) => !shape.is.includes(value[name] as string)) ?? shapes[0];
  return wrong === undefined ? [] : [mismatch(value[wrong.name], wrong.shape, at(prop, wrong.name))];
}

function unknownProps(value: Readonly<Record<string, unknown>>, props: PropShapes): string[] {
  return Object.keys(value).filter((name) => !Object.hasOwn(props, name) && value[name] !== undefined);
}

/** Properties that are not given. */
function left(value: Readonly<Record<string, unknown>>, props: PropShapes): string[] {
  return Object.keys(props).filter((name) => value[name] === undefined);
}

function mismatch(value: unknown, shape: Shape, prop: string): Problem {
  return { prop, wanted: `must be ${wanted(shape)}`, got: got(value, shape), fix: wayOut(value, shape) };
}

function missing(shape: Shape, prop: string, doc: string | undefined): Problem {
  const meaning = doc === undefined ? '' : `: ${doc.charAt(0).toLowerCase()}${doc.slice(1)}`;
  return { prop, wanted: `must be ${wanted(shape)}`, got: 'nothing', fix: `Add it${meaning}.` };
}

function nullFix({ fix, got: found }: Problem, optional: true | undefined): string {
  return found === 'null' && optional === true ? 'Leave it out, or give one.' : fix;
}

function unknownProblem(
  value: Readonly<Record<string, unknown>>,
  name: string,
  props: PropShapes,
  prop: string,
): Problem {
  const meant = nearest(name, left(value, props));
  const names = Object.keys(props).sort().join(', ');
  return {
    prop: at(prop, name),
    wanted: 'must be a property that is known here',
    got: JSON.stringify(name),
    fix: meant === undefined ? `Remove it; known are ${names}.` : `Write ${meant}.`,
  };
}

function at(prop: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${prop}[${JSON.stringify(name)}]`;
  return prop === '' ? name : `${prop}.${name}`;
}
