import type { ApiObject } from 'cdk8s';
import type { HorizontalPodAutoscaler } from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import { describeAround } from '../../model';
import { formatProblem, type Problem } from '../../plan/problem';
import type { WorkerPlan } from '../../plan/worker-plan';
import { requireAround } from '../../shape/require-shape';
import { handoverCommand } from '../../workload/handover-command';
import { scalerOf } from '../scaler';
import { siteOf } from '../site';
import { numberProblems } from '../task-profile';
import { checkAroundProps } from './check';
import { planAround } from './plan';
import type { WorkerAroundProps } from './props';
import { readManifest } from './said';
import { aroundSpec } from './spec';
import { surround } from './surround';
import { documentOf, findTarget } from './target';

const ID = 'Around';

/**
 * What `Worker.around` adds to a Deployment that others made: the plan, what the manifest left out of it, an
 * autoscaler and a PodDisruptionBudget. It stands below the Deployment, whose name its objects have.
 *
 * ```ts
 * const adopt = { replicas: 12, handedOver: 'CI runs the commands before it applies.' };
 * const around = Worker.around(web, { ...aroundProps, scale: { ...aroundProps.scale, adopt } });
 * around.handover; // what CI runs
 * ```
 */
export class WorkerAround extends Construct {
  /** Every number of the program's pods with its reason. */
  readonly plan: WorkerPlan;
  /** The document of the Deployment; `undefined` where the target has none, which is a problem. */
  readonly object: ApiObject | undefined;
  /** Scales the pods; none with KEDA, and while `replicas` is not handed over yet. */
  readonly autoscaler: HorizontalPodAutoscaler | undefined;
  /** Lets KEDA scale the pods; only with KEDA, and not while `replicas` is not handed over yet. */
  readonly scaledObject: ApiObject | undefined;
  /** Bounds evictions; none where the tree had one for these pods already. */
  readonly disruptionBudget: ApiObject | undefined;
  /**
   * Commands of a shell that hand the count of the running pods over: they change nothing that runs, and have to run in
   * each cluster right before `replicas` is gone from the manifest. See docs/deploy.md.
   */
  readonly handover: string;

  /** @param target see `Worker.around`, which makes it */
  constructor(target: IConstruct, props: WorkerAroundProps) {
    requireAround(target, props);
    const found = findTarget(target, props);
    const scope = 'object' in found ? (found.deployment ?? found.object) : target;
    const before = scope.node.children.filter(({ node }) => node.id.startsWith(ID)).length;
    super(scope as Construct, before === 0 ? ID : `${ID}${before + 1}`);
    const { place, cluster } = siteOf(this);
    const scaler = scalerOf(props.scale, place);
    const at = 'object' in found ? found : undefined;
    const name = at?.name ?? target.node.id;
    const said = readManifest(
      at === undefined ? {} : documentOf(at.object),
      at?.container ?? '',
      props.scale.max,
    );
    const { spec, plan } = planAround(aroundSpec(name, props, { said, cluster, scaler }), said, props);
    this.plan = plan;
    this.object = at?.object;
    this.handover = handoverCommand({ kind: 'Deployment', name, namespace: at?.namespace });
    describeAround(this, () => ({
      path: scope.node.path,
      name,
      ...(place !== undefined && { environmentName: place.name }),
      spec,
      plan,
    }));
    const isFirst = before === 0;
    const { maxUnavailable = 0 } = spec.rollout ?? {};
    const made =
      at !== undefined && isFirst
        ? surround(this, at, { props, plan, maxUnavailable, scaler, place })
        : undefined;
    this.autoscaler = made?.autoscaler;
    this.scaledObject = made?.scaledObject;
    this.disruptionBudget = made?.disruptionBudget;
    const problems = [
      ...('object' in found ? found.problems : [found]),
      ...(isFirst ? [] : [surroundedTwice()]),
      ...checkAroundProps(props),
      ...numberProblems(props.task, plan.problems),
      ...(made?.problems ?? []),
    ];
    scope.node.addValidation({
      validate: () => [...problems, ...(made?.laterProblems() ?? [])].map(formatProblem),
    });
  }
}

function surroundedTwice(): Problem {
  return {
    prop: 'Worker.around',
    wanted: 'must be called once for a Deployment',
    got: 'a second call',
    fix: 'Take one out: a second plan would contradict the first.',
  };
}
