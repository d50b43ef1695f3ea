import { type Explained, explainFigure, explainPlan, LEFT_OUT_OF_POD } from './explain';
import { type AnyFigures, type DownstreamUse, FIGURE_NAMES, type FigureName, type Figures } from './figures';
import type { Problem } from './problem';

/** The data of a {@link WorkerPlan}: what `JSON.stringify` writes and `JSON.parse` reads. */
export interface WorkerPlanData<Own extends AnyFigures = Figures> {
  /** Name of the worker. */
  readonly name: string;
  /** Every derived number with its reason. */
  readonly figures: Own;
  /** Use of each shared resource at the higher of its peaks. */
  readonly downstream: readonly DownstreamUse[];
  /**
   * What is wrong with the spec. A plan with problems is never deployed: synth fails and lists them. Its figures
   * are computed from legal numbers next to the wrong ones.
   */
  readonly problems: readonly Problem[];
}

const LEFT_OUT: Explained<FigureName>['leftOut'] = {
  ...LEFT_OUT_OF_POD,
  queueCapacity: 'tasks wait outside the pod, and outlive it',
};

/** All numbers that follow from one worker's spec, in any of its forms. */
export class WorkerPlan<Own extends AnyFigures = Figures> implements WorkerPlanData<Own> {
  readonly name: string;
  readonly figures: Own;
  readonly downstream: readonly DownstreamUse[];
  readonly problems: readonly Problem[];

  /** @param data what {@link WorkerPlan.toJSON} gave, or what `planWorker` computed */
  constructor(data: WorkerPlanData<Own>) {
    this.name = data.name;
    this.figures = data.figures;
    this.downstream = data.downstream;
    this.problems = data.problems;
  }

  /**
   * Every number with its reason, as an aligned table for a fixed-width font; no line break at the end.
   *
   * @param name only this figure
   * @default all figures and the use of shared resources
   */
  explain(name?: FigureName): string {
    const { figures, downstream } = this;
    const plan = { names: FIGURE_NAMES, figures, leftOut: LEFT_OUT, downstream };
    return name === undefined ? explainPlan(plan) : explainFigure(plan, name);
  }

  /** A plain value that `new WorkerPlan` takes back. */
  toJSON(): WorkerPlanData<Own> {
    return { name: this.name, figures: this.figures, downstream: this.downstream, problems: this.problems };
  }
}

/** The plan of a worker in whatever form. */
export type AnyWorkerPlan = WorkerPlan<AnyFigures>;
