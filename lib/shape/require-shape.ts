import { Construct, type IConstruct } from 'constructs';
import { formatProblem, type Problem } from '../plan/problem';
import { SpecError } from '../spec-error';
import { isPlain } from './is-instance';
import { shapeOf } from './table';
import { shapeProblems } from './walk';
import { got } from './words';

/** Where a construct is about to be made. */
interface Place {
  readonly scope: IConstruct;
  readonly id: string;
  /** Whether it is made by a class that extends it, whose props may be more. */
  readonly isSubclass: boolean;
}

/**
 * Checks the props of a construct against their TypeScript type, before anything is made of them: a program may run
 * without a type check, and what is missing or of another type has no plan.
 *
 * @param call name of the construct's class
 * @throws SpecError with everything that is missing, unknown or of another type, and when there is no such place
 */
export function requireProps(call: string, { scope, id, isSubclass }: Place, props: unknown): void {
  const value = isSubclass && isPlain(props) ? withoutLiteral(props) : given(props);
  const problems = [...placeProblems(scope, id), ...shapeProblems(value, shapeOf(call))];
  if (problems.length === 0) return;
  refuse(
    isConstruct(scope) ? [scope.node.path, id].filter((it) => it !== '').join('/') : `${call} ${id}`,
    problems,
  );
}

/** Nothing at all lacks every property, which says more than that it is no object. */
function given(props: unknown): unknown {
  return props === undefined ? {} : props;
}

/** The same properties in an object that is no literal: it may have others, too. */
function withoutLiteral(props: Readonly<Record<string, unknown>>): object {
  return Object.assign(Object.create({}), props);
}

/**
 * The same for the options of a function or method.
 *
 * @param call its name as users write it, such as `Source.memory`
 * @param owner the construct whose method it is; none for a function
 * @throws SpecError with everything that is missing, unknown or of another type
 */
export function requireOptions(call: string, options: unknown, owner?: IConstruct): void {
  const problems = shapeProblems(given(options), shapeOf(call));
  if (problems.length === 0) return;
  const method = call.slice(call.indexOf('.') + 1);
  refuse(owner === undefined ? `${call}()` : `${owner.node.path}: ${method}()`, problems);
}

/**
 * The same for `Worker.around`, which stands on a construct instead of below one.
 *
 * @throws SpecError with everything that is missing, unknown or of another type
 */
export function requireAround(target: IConstruct, props: unknown): void {
  const problems = shapeProblems(given(props), shapeOf('WorkerAround'));
  if (isConstruct(target)) {
    if (problems.length > 0) refuse(`${target.node.path}: around()`, problems);
    return;
  }
  const fix = 'Pass a Deployment, or what has one below it.';
  refuse('Worker.around()', [
    { prop: 'target', wanted: 'must be a construct', got: got(target, 'any'), fix },
    ...problems,
  ]);
}

/**
 * The same for what a function of the user gave back.
 *
 * @param type name of its type
 * @throws SpecError with everything by which it is another one
 */
export function requireType(type: string, value: unknown, at: { path: string; prop: string }): void {
  const problems = shapeProblems(value, { ref: type }, at.prop);
  if (problems.length > 0) refuse(at.path, problems);
}

function placeProblems(scope: unknown, id: unknown): Problem[] {
  const problems: Problem[] = [];
  if (!isConstruct(scope)) {
    const fix = 'Pass the chart that it belongs to.';
    problems.push({ prop: 'scope', wanted: 'must be a construct', got: got(scope, 'any'), fix });
  } else if (typeof id === 'string' && scope.node.tryFindChild(id) !== undefined) {
    const fix = 'Give each its own id.';
    problems.push({ prop: 'id', wanted: 'must be free', got: `a second '${id}'`, fix });
  }
  if (typeof id !== 'string' || id === '') {
    const fix = "Write a name, such as 'develop'.";
    problems.push({
      prop: 'id',
      wanted: 'must be a text of one letter or more',
      got: JSON.stringify(id) ?? 'nothing',
      fix,
    });
  }
  return problems;
}

function isConstruct(value: unknown): value is IConstruct {
  return Construct.isConstruct(value);
}

function refuse(path: string, problems: readonly Problem[]): never {
  throw new SpecError(
    problems.map((problem) => ({
      path,
      message: formatProblem({ ...problem, prop: problem.prop === '' ? 'props' : problem.prop }),
    })),
  );
}
