import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Environment } from '../../environment/environment';
import { markHandedOver } from '../../handed-over';
import type { Problem } from '../../plan/problem';
import type { WorkerPlan } from '../../plan/worker-plan';
import { refine, refineFrom, remove } from '../../refine';
import { workloadLabels } from '../../workload/labels';
import { checkScalerKind, NO_SCALER, type Scaler, type ScalerKind } from '../scaler';
import { aroundBudget, checkBudgets } from './budget';
import { checkArgument, checkContainer, checkManifest, checkReplicas } from './check';
import { openWays } from './connect';
import { missingIn, type Wants } from './fill';
import { scalersOf } from './others';
import type { WorkerAroundProps } from './props';
import { aroundScaler } from './scaler';
import { render, type Target } from './target';
import { variableWants } from './variable-wants';
import { wantsOf } from './wants';

/** What a Deployment is surrounded by. */
export interface SurroundInput {
  readonly props: WorkerAroundProps;
  readonly plan: WorkerPlan;
  /** Pods that may be missing in a rolling update. */
  readonly maxUnavailable: number;
  readonly scaler: ScalerKind;
  readonly place: Environment | undefined;
}

/** What was added around a Deployment, and what is wrong. */
export interface Surrounded extends Scaler {
  readonly disruptionBudget: ApiObject | undefined;
  readonly problems: readonly Problem[];
  /** What is wrong with the tree as it is when this is called. */
  readonly laterProblems: () => readonly Problem[];
}

/** Fills in what the manifest of a Deployment leaves out of its plan, and adds what scales and protects its pods. */
export function surround(scope: Construct, target: Target, input: SurroundInput): Surrounded {
  const { props, plan, maxUnavailable, scaler, place } = input;
  const { figures } = plan;
  const { name, object, container } = target;
  const wants: Wants = {
    fields: wantsOf(figures, props, { container, maxUnavailable }),
    variables: variableWants(figures, props),
  };
  const labels = workloadLabels(scope, name, name);
  refineFrom(object, (document) => missingIn(document, target, wants));
  claimDownstream(object, props, plan);
  const scales = takeOver(target, props);
  const made = scales
    ? aroundScaler(scope, { target, labels, figures, signals: props.signals, scaler, place })
    : NO_SCALER;
  const disruptionBudget = aroundBudget(scope, target, { labels, figures });
  const asksExternal = scaler === 'keda' || props.signals.backlog !== undefined;
  return {
    ...made,
    disruptionBudget,
    problems: [
      ...openWays(target, props),
      ...(scales && asksExternal ? checkScalerKind(scope, scaler, place) : []),
    ],
    laterProblems: () => {
      const document = render(object);
      // The synth says why by itself.
      if (typeof document === 'string') return [];
      return [
        ...checkContainer(document, target),
        ...checkManifest(document, target, wants),
        ...checkArgument(document, target, props),
        ...checkReplicas(document, target, props),
        ...checkScalers(target, [made.autoscaler, made.scaledObject]),
        ...checkBudgets(target, disruptionBudget, figures),
      ];
    },
  };
}

function claimDownstream(object: ApiObject, { downstream = [] }: WorkerAroundProps, plan: WorkerPlan): void {
  for (const [index, use] of plan.downstream.entries()) {
    downstream[index]?.claim?.({ path: object.node.path, peak: use.peak.value });
  }
}

/** Whether an autoscaler takes the count of pods; where it is handed over it is taken out of the manifest. */
function takeOver({ object }: Target, { scale: { adopt } }: WorkerAroundProps): boolean {
  if (adopt === undefined) return true;
  if (adopt.handedOver === undefined) return false;
  refine(object, remove('/spec/replicas'));
  markHandedOver(object);
  return true;
}

function checkScalers(target: Target, own: readonly (Construct | undefined)[]): Problem[] {
  const others = scalersOf(target).filter(({ object }) => {
    const ancestors: readonly unknown[] = object.node.scopes;
    return !own.some((it) => it !== undefined && ancestors.includes(it));
  });
  return others.map(({ object }) => ({
    prop: `${object.kind} ${object.name}`,
    wanted: `must not scale Deployment ${target.name} as well: two autoscalers undo each other's changes`,
    got: object.node.path,
    fix: 'Take it out, such as by a value of the chart, and let Worker.around make it.',
  }));
}
