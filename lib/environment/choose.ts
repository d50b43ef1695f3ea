import type { IConstruct } from 'constructs';
import { formatProblem } from '../plan/problem';
import { SpecError } from '../spec-error';
import { Environment } from './environment';

/** The environments below a construct, in the order of the tree. */
export function environmentsBelow(root: IConstruct): Environment[] {
  return root.node
    .findAll()
    .filter((construct): construct is Environment => construct instanceof Environment);
}

/** @throws SpecError with the names to choose from when none of them is the one that is wanted */
export function requireEnvironment(names: readonly string[], wanted: string): void {
  if (names.includes(wanted)) return;
  throw names.length === 0
    ? refused('must be left out of a program without environments', wanted, 'Leave it out.')
    : refused(oneOf(names), wanted);
}

/** @throws SpecError with the names to choose from when there are several: a cluster gets the objects of one */
export function requireOneEnvironment(names: readonly string[]): void {
  if (names.length > 1) throw refused(oneOf(names), 'none');
}

function oneOf(names: readonly string[]): string {
  return `must be one of ${names.join(', ')}`;
}

function refused(wanted: string, got: string, fix = 'Name the one that the cluster is for.'): SpecError {
  const problem = { prop: 'environment', wanted, got, fix };
  return new SpecError([{ path: '', message: formatProblem(problem) }]);
}
