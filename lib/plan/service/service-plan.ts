import { type Explained, explainFigure, explainPlan, LEFT_OUT_OF_POD } from '../explain';
import type { DownstreamUse } from '../figures';
import type { Problem } from '../problem';
import { SERVICE_FIGURE_NAMES, type ServiceFigureName, type ServiceFigures } from './figures';

/** The data of a {@link ServicePlan}: what `JSON.stringify` writes and `JSON.parse` reads. */
export interface ServicePlanData {
  /** Name of the service. */
  readonly name: string;
  /** Every derived number with its reason. */
  readonly figures: ServiceFigures;
  /** Use of each shared resource at the higher of its peaks. */
  readonly downstream: readonly DownstreamUse[];
  /**
   * What is wrong with the spec. A plan with problems is never deployed: synth fails and lists them. Its figures
   * are computed from legal numbers next to the wrong ones.
   */
  readonly problems: readonly Problem[];
}

const LEFT_OUT: Explained<ServiceFigureName>['leftOut'] = {
  ...LEFT_OUT_OF_POD,
  targetCpuUtilization: "the autoscaler follows something else; scale.by: 'cpu' would follow it",
  targetRequestRate: "the autoscaler follows something else; scale.by: 'requests-per-second' would follow it",
};

/** All numbers that follow from one service's spec. */
export class ServicePlan implements ServicePlanData {
  readonly name: string;
  readonly figures: ServiceFigures;
  readonly downstream: readonly DownstreamUse[];
  readonly problems: readonly Problem[];

  /** @param data what {@link ServicePlan.toJSON} gave, or what `planService` computed */
  constructor(data: ServicePlanData) {
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
  explain(name?: ServiceFigureName): string {
    const { figures, downstream } = this;
    const plan = { names: SERVICE_FIGURE_NAMES, figures, leftOut: LEFT_OUT, downstream };
    return name === undefined ? explainPlan(plan) : explainFigure(plan, name);
  }

  /** A plain value that `new ServicePlan` takes back. */
  toJSON(): ServicePlanData {
    return {
      name: this.name,
      figures: this.figures,
      downstream: this.downstream,
      problems: this.problems,
    };
  }
}
