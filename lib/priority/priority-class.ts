import { ApiObject } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { Environment } from '../environment/environment';
import { formatNumber } from '../plan/format';
import { formatProblem, type Problem } from '../plan/problem';
import { refine, remove } from '../refine';
import { requireProps } from '../shape/require-shape';

/** Largest value of a class that is not the cluster's own (Kubernetes, `HighestUserDefinablePriority`). */
const VALUE_MAX = 1_000_000_000;

/** Smallest value: that of a 32-bit number. */
const VALUE_MIN = -(2 ** 31);

const NAME_MAX = 253;

/** A DNS subdomain (RFC 1123), as names of classes are; those that begin with `system-` are the cluster's own. */
const NAME = /^(?!system-)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Properties of a {@link PriorityClass}. */
export interface PriorityClassProps {
  /**
   * What counts between pods that wait: the larger one is scheduled first. From -2,147,483,648 to 1,000,000,000; the
   * cluster's own classes lie above. It cannot be changed later: a new value needs a new name.
   */
  readonly value: number;
  /**
   * What a pod may do that fits no node. `lower`: push out pods of lower values, whose grace periods it waits for.
   * `never`: wait before all pods of lower values until there is room.
   * @default 'lower'
   */
  readonly preempts?: 'lower' | 'never';
  /**
   * Whether pods that name no class are of this one. A cluster has one such class at most.
   * @default false
   */
  readonly globalDefault?: boolean;
  /**
   * For whom the class is meant, in one sentence.
   * @default none
   */
  readonly description?: string;
  /**
   * Name of the class; it lies in no namespace.
   * @default the id of the construct
   */
  readonly name?: string;
}

/**
 * How much pods matter against others of the cluster.
 *
 * ```ts
 * const batch = new PriorityClass(this, 'batch', {
 *   value: -100,
 *   preempts: 'never',
 *   description: 'Work that can wait: nothing is pushed out for it.',
 * });
 * new Worker(this, 'develop', { ...workerProps, priority: batch });
 * ```
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class PriorityClass extends Construct {
  /** The PriorityClass. */
  readonly resource: ApiObject;
  /** Name of the class. */
  readonly name: string;
  /** Whether pods that name no class are of this one. */
  readonly globalDefault: boolean;

  constructor(scope: Construct, id: string, props: PriorityClassProps) {
    requireProps('PriorityClass', { scope, id, isSubclass: new.target !== PriorityClass }, props);
    super(scope, id);
    const { value, preempts = 'lower', globalDefault = false, description } = props;
    this.name = props.name ?? id;
    this.globalDefault = globalDefault;
    this.resource = new ApiObject(this, 'Resource', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: this.name },
      value,
      preemptionPolicy: preempts === 'never' ? 'Never' : 'PreemptLowerPriority',
      ...(globalDefault && { globalDefault }),
      ...(description !== undefined && { description }),
    });
    // The chart gives every object its namespace, but a PriorityClass lies in none.
    refine(this.resource, remove('/metadata/namespace'));
    this.node.addValidation({ validate: () => this.problems(props).map(formatProblem) });
  }

  private problems({ value }: PriorityClassProps): Problem[] {
    return [...checkName(this.name), ...checkValue(value), ...this.checkDefault()];
  }

  private checkDefault(): Problem[] {
    if (!this.globalDefault) return [];
    const cluster: IConstruct = Environment.find(this) ?? this.node.root;
    const first = cluster.node
      .findAll()
      .find((it): it is PriorityClass => it instanceof PriorityClass && it.globalDefault);
    if (first === undefined || first === this) return [];
    return [
      {
        prop: 'globalDefault',
        wanted: 'must be true for one PriorityClass of a cluster at most',
        got: `true, as for ${first.node.path}`,
        fix: 'Leave it out here, and let workloads name the class.',
      },
    ];
  }
}

function checkName(name: string): Problem[] {
  if (NAME.test(name) && name.length <= NAME_MAX) return [];
  return [
    {
      prop: 'name',
      wanted: `must be a name of at most ${NAME_MAX} lower-case letters, digits, dashes and dots that does not begin with system-`,
      got: JSON.stringify(name),
      fix: 'Rename it.',
    },
  ];
}

function checkValue(value: number): Problem[] {
  if (Number.isInteger(value) && value >= VALUE_MIN && value <= VALUE_MAX) return [];
  return [
    {
      prop: 'value',
      wanted: `must be a whole number from ${formatNumber(VALUE_MIN)} to ${formatNumber(VALUE_MAX)}`,
      got: formatNumber(value),
      fix: "Take a smaller one: what is above belongs to the cluster's own classes.",
    },
  ];
}
