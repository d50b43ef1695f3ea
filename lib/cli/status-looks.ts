import type { ClusterApi } from '../cluster/api';
import { lookAtNamespace, withMetrics } from '../cluster/look';
import { CommandError } from '../command-error';
import { Drains } from '../status/pods';
import { statusOf, type WorkloadStatus } from '../status/status';
import { type WorkloadView, workloadViews } from '../status/view';
import type { PlannedTarget } from './status-targets';

/** What to look at. */
export interface Looked {
  /** Workloads with plans. */
  readonly planned: readonly PlannedTarget[];
  /**
   * Namespace whose other workloads are shown as well.
   * @default only what has a plan
   */
  readonly namespace?: string;
  /** Name of the only workload. */
  readonly name: string | undefined;
}

/** Looks at workloads of a cluster, and remembers from one look to the next which drains ended. */
export class Looks {
  private readonly drains = new Map<string, Drains>();

  constructor(
    private readonly api: ClusterApi,
    private readonly looked: Looked,
  ) {}

  /**
   * The workloads as they are now.
   *
   * @throws CommandError when none is there
   */
  async look(): Promise<WorkloadStatus[]> {
    const { planned, namespace, name } = this.looked;
    const namespaces = new Set([
      ...planned.map((it) => it.namespace),
      ...(namespace === undefined ? [] : [namespace]),
    ]);
    const views = await Promise.all([...namespaces].map((it) => lookAtNamespace(this.api, it)));
    const chosen = views.flatMap(workloadViews).filter((view) => this.isMeant(view));
    if (chosen.length === 0) throw this.nothing(views.flatMap(workloadViews), name);
    const asked = await Promise.all(chosen.map((view) => withMetrics(this.api, view)));
    return asked.map((view) => this.statusOf(view));
  }

  private isMeant(view: WorkloadView): boolean {
    if (this.planOf(view) !== undefined) return true;
    const { namespace, name } = this.looked;
    return view.namespace === namespace && (name === undefined || view.name === name);
  }

  private planOf(view: WorkloadView) {
    return this.looked.planned.find((it) => it.name === view.name && it.namespace === view.namespace)?.plan;
  }

  private statusOf(view: WorkloadView): WorkloadStatus {
    const key = `${view.kind} ${view.namespace}/${view.name}`;
    const drains = this.drains.get(key) ?? new Drains();
    this.drains.set(key, drains);
    const [lastDrain, plan] = [drains.look(view), this.planOf(view)];
    return statusOf(view, { ...(lastDrain && { lastDrain }), ...(plan && { plan }) });
  }

  private nothing(there: readonly WorkloadView[], name: string | undefined): CommandError {
    const places = [
      ...new Set([...this.looked.planned.map((it) => it.namespace), this.looked.namespace ?? '']),
    ];
    const where = `namespace ${places.filter((it) => it !== '').join(', ')}`;
    const names = [...new Set(there.map((view) => view.name))].sort().join(', ');
    const known =
      names === ''
        ? `There is no Deployment or StatefulSet in ${where}.`
        : `Known in ${where} are: ${names}.`;
    const unplanned = this.looked.planned.map((it) => it.name).join(', ');
    return new CommandError(
      name === undefined && unplanned !== ''
        ? `The cluster has none of ${unplanned}. ${known}`
        : `Unknown name ${name ?? 'of a workload'}. ${known} Another one: --namespace.`,
    );
  }
}
