import { explainFigure, explainPlan } from '../explain';
import type { Figure } from '../figure';
import type { Problem } from '../problem';

/** Names of the figures of every `StatefulPlan`, in the order in which they are explained. */
export const STATEFUL_FIGURE_NAMES = [
  'replicas',
  'quorum',
  'pdbMaxUnavailable',
  'cpuRequest',
  'cpuLimit',
  'memoryRequest',
  'memoryLimit',
  'scratch',
  'ephemeralStorageRequest',
  'ephemeralStorageLimit',
  'storagePerMember',
  'storageTotal',
  'gracePeriod',
  'minReadySeconds',
] as const;

/** Name of one figure of every stateful service. */
export type StatefulFigureName = (typeof STATEFUL_FIGURE_NAMES)[number];

/** Figures that may be absent: nobody votes, no limit, nothing is kept. */
type OptionalName = 'quorum' | 'cpuLimit' | 'storagePerMember' | 'storageTotal';

/** Figures of every stateful service by name. */
export type StatefulFigures = Readonly<Record<Exclude<StatefulFigureName, OptionalName>, Figure>> &
  Readonly<Partial<Record<OptionalName, Figure>>>;

/** Figures that a preset adds. */
export type OwnFigures = Readonly<Record<string, Figure | undefined>>;

/** A preset that adds none. */
export type NoFigures = Readonly<Record<never, Figure>>;

/** The data of a {@link StatefulPlan}: what `JSON.stringify` writes and `JSON.parse` reads. */
export interface StatefulPlanData<Own extends OwnFigures = NoFigures> {
  /** Name of the service. */
  readonly name: string;
  /** Every number with its reason. */
  readonly figures: StatefulFigures & Own;
  /** What is wrong with the spec. A plan with problems is never deployed: synth fails and lists them. */
  readonly problems: readonly Problem[];
}

/** All numbers that follow from one stateful service's spec, and those that a preset adds. */
export class StatefulPlan<Own extends OwnFigures = NoFigures> implements StatefulPlanData<Own> {
  readonly name: string;
  readonly figures: StatefulFigures & Own;
  readonly problems: readonly Problem[];

  /** @param data what {@link StatefulPlan.toJSON} gave, or what `planStateful` computed */
  constructor(data: StatefulPlanData<Own>) {
    this.name = data.name;
    this.figures = data.figures;
    this.problems = data.problems;
  }

  /**
   * Every number with its reason, as an aligned table for a fixed-width font; no line break at the end.
   *
   * @param name only this figure
   * @default all figures
   */
  explain(name?: StatefulFigureName | (keyof Own & string)): string {
    const figures: Readonly<Partial<Record<string, Figure>>> = this.figures;
    const own = Object.keys(figures).filter((it) => !STATEFUL_FIGURE_NAMES.some((common) => common === it));
    const plan = {
      names: [...STATEFUL_FIGURE_NAMES, ...own].filter((it) => figures[it] !== undefined),
      figures,
      leftOut: {},
      downstream: [],
    };
    return name === undefined ? explainPlan<string>(plan) : explainFigure<string>(plan, name);
  }

  /** A plain value that `new StatefulPlan` takes back. */
  toJSON(): StatefulPlanData<Own> {
    return { name: this.name, figures: this.figures, problems: this.problems };
  }
}
