import { type App, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Environment } from '../environment/environment';
import type { TreeProblem } from '../spec-error';

/** What the constructs of a tree find wrong with themselves. */
export interface Validated {
  readonly problems: readonly TreeProblem[];
  /** Environments with something wrong in them; `undefined` stands for the charts in none. */
  readonly unsound: ReadonlySet<Environment | undefined>;
  /** Whether something is wrong above all charts and environments, which may be anywhere in the documents. */
  readonly isUnsound: boolean;
}

/** Everything that the constructs of an app find wrong with themselves. */
export function validateTree(app: App): Validated {
  const problems: TreeProblem[] = [];
  const unsound = new Set<Environment | undefined>();
  let isUnsound = false;
  for (const construct of app.node.findAll()) {
    const messages = construct.node.validate();
    if (messages.length === 0) continue;
    problems.push(...messages.map((message) => ({ path: construct.node.path, message })));
    const environment = Environment.find(construct);
    unsound.add(environment);
    isUnsound ||= environment === undefined && !isInChart(construct);
  }
  return { problems, unsound, isUnsound };
}

function isInChart(construct: IConstruct): boolean {
  return construct.node.scopes.some(Chart.isChart);
}
