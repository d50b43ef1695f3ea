/** A computation of the planner whose time is promised. */
export interface PlannerTask {
  /** Key in the results. */
  readonly name: string;
  /** What is computed, for the page. */
  readonly what: string;
  /** Wall seconds that it may take. */
  readonly limitSeconds: number;
  /** Computes it once; what it needs is made before. */
  readonly run: () => void;
}
