import type { IConstruct } from 'constructs';
import { type Fields, objectsOf, within } from '../plan/fields';
import type { Figure } from '../plan/figure';
import type { Figures } from '../plan/figures';
import type { Problem } from '../plan/problem';
import { comparePlan } from '../planned';
import { valueText } from '../workload/value-text';
import { valueAt } from './around/fill';
import { containerOf } from './around/said';
import { amountWants, type Want, wholeWant } from './around/wants';
import { CONTAINER } from './names';
import type { Scaler } from './scaler';

/** What a worker's documents are compared with. */
export interface PlannedWorker {
  readonly figures: Figures;
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Variables that are set as planned, or not at all. */
const RUNTIME = ['GOMAXPROCS', 'GOMEMLIMIT'];

/** Has what is written of a worker's pods and of its scaler compared with the plan: all its numbers follow from it. */
export function compareWorker(
  deployment: IConstruct,
  { autoscaler, scaledObject }: Scaler,
  planned: PlannedWorker,
): void {
  const { figures } = planned;
  comparePlan(deployment, (document) => podProblems(document, planned));
  if (autoscaler !== undefined) compareMost(autoscaler, '/spec/maxReplicas', figures.maxReplicas);
  if (scaledObject !== undefined) compareMost(scaledObject, '/spec/maxReplicaCount', figures.maxReplicas);
}

function compareMost(scaler: IConstruct, pointer: string, most: Figure): void {
  comparePlan(scaler, (document) => fieldProblems(document, [wholeWant(pointer, most)]));
}

function podProblems(document: Fields, { figures, environment }: PlannedWorker): Problem[] {
  const pod = '/spec/template/spec';
  const its = containerOf(document, CONTAINER);
  if (its === undefined) return [missing(document)];
  const fields = [
    ...amountWants(`${pod}/containers/name=${CONTAINER}/resources`, figures),
    wholeWant(`${pod}/terminationGracePeriodSeconds`, figures.gracePeriod),
  ];
  return [...fieldProblems(document, fields), ...variableProblems(document, its, environment)];
}

function missing(document: Fields): Problem {
  return {
    prop: titleOf(document),
    wanted: `must have the container ${CONTAINER}, which the plan is about`,
    got: objectsOf(within(document, 'spec', 'template', 'spec', 'containers'))
      .map(({ name }) => String(name))
      .join(', '),
    fix: 'Leave its name as it is.',
  };
}

function fieldProblems(document: Fields, wants: readonly Want[]): Problem[] {
  return wants.flatMap(({ pointer, agrees, wanted }) => {
    const got = valueAt(document, pointer);
    return agrees(got) ? [] : [contradiction(document, pointer, wanted, got)];
  });
}

function variableProblems(
  document: Fields,
  container: Fields,
  environment: Readonly<Record<string, string>>,
): Problem[] {
  const names = new Set([...Object.keys(environment), ...RUNTIME]);
  return [...names].flatMap((name) => {
    const value = environment[name];
    // Of several with one name the last one counts.
    const own = objectsOf(container.env).findLast((it) => it.name === name);
    if (own === undefined ? value === undefined : own.value === value && own.valueFrom === undefined)
      return [];
    const wanted = value === undefined ? 'must be left out, as planned' : `must be ${value}, as planned`;
    const got = own === undefined ? undefined : (own.value ?? own.valueFrom);
    return [contradiction(document, `env ${name}`, wanted, got)];
  });
}

function contradiction(document: Fields, field: string, wanted: string, got: unknown): Problem {
  return {
    prop: `${titleOf(document)} ${field}`,
    wanted,
    got: got === undefined ? 'nothing' : valueText(got),
    fix:
      'Say it in the props of the Worker, from which the rest follows; ' +
      "or acknowledge(worker, 'plan-contradiction', WHY).",
  };
}

function titleOf(document: Fields): string {
  return `${String(document.kind)} ${String(within(document, 'metadata', 'name'))}`;
}
