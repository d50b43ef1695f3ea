import { Chart } from 'cdk8s';
import type { CapstanApp } from '../app';
import { type CapacityOfOptions, capacityOf } from '../capacity/capacity-of';
import { requireOneEnvironment } from '../environment/choose';
import type { NodePool } from '../environment/props';
import { capacityText } from '../plan/capacity/text';
import type { MatcherResult } from './planned';

/** What has pods: an app, a chart, or documents, whoever made them. */
export type Fittable = Pick<CapstanApp, 'documents' | 'environments'> | Chart | readonly object[];

/** How pods are placed. */
export interface FitOptions extends Omit<CapacityOfOptions, 'nodePools'> {
  /**
   * Name of the environment of an app that is meant.
   * @default its only one
   */
  readonly environment?: string;
}

/** Passes when every pod finds a node of the pools at their most nodes, rolling updates included. */
export function toFit(
  received: Fittable,
  nodePools: readonly NodePool[],
  { environment, ...options }: FitOptions = {},
): MatcherResult {
  const report = capacityOf(documentsOf(received, environment), { ...options, nodePools });
  return {
    pass: report.fits,
    message: () =>
      [
        `expected all pods${report.fits ? ' not' : ''} to fit ${nodePools.map(({ name }) => name).join(', ')}:`,
        ...capacityText(report)
          .split('\n')
          .map((line) => (line === '' ? '' : `  ${line}`)),
      ].join('\n'),
  };
}

/**
 * @throws TypeError when there are no documents
 * @throws SpecError with every problem of an app, and when it has several environments and none is named
 */
function documentsOf(received: Fittable, environment: string | undefined): readonly object[] {
  if (Array.isArray(received)) return received;
  if (Chart.isChart(received)) return received.toJson();
  if (typeof received === 'object' && received !== null && 'environments' in received) {
    if (environment === undefined) requireOneEnvironment(received.environments);
    return received.documents(environment === undefined ? {} : { environment });
  }
  throw new TypeError(
    `expected an app, a chart or documents, got ${received === null ? 'null' : typeof received}`,
  );
}
