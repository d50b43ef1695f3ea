import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { formatProblem } from '../plan/problem';
import { requireProps } from '../shape/require-shape';
import { claimBounds, quantities, quotaBounds, rangeBounds } from './amounts';
import { checkQuota } from './check';
import type { LimitRangeSpec, QuotaProps } from './props';

/**
 * Bounds of a namespace: what everything in it may take together, and what each container may take.
 *
 * ```ts
 * new Quota(this, 'studio', {
 *   requests: { cpu: Cpu.units(20), memory: Size.gibibytes(40) },
 *   pods: 100,
 *   limitRange: { max: { memory: Size.gibibytes(4) } },
 * });
 * ```
 *
 * Everything in the namespace has to fit at its peak: most replicas, the surge of rolling updates, and jobs. What does
 * not fit is a problem that names the numbers, since the cluster would only say so in the middle of a rollout.
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class Quota extends Construct {
  /** The ResourceQuota; `undefined` when nothing is bounded together. */
  readonly quota: ApiObject | undefined;
  /** The LimitRange; `undefined` when no container is bounded. */
  readonly limitRange: ApiObject | undefined;

  constructor(scope: Construct, id: string, props: QuotaProps) {
    requireProps('Quota', { scope, id, isSubclass: new.target !== Quota }, props);
    super(scope, id);
    const { name = id, namespace, limitRange } = props;
    const metadata = { name, ...(namespace !== undefined && { namespace }) };
    const bounds = quotaBounds(props);
    this.quota =
      bounds.length === 0
        ? undefined
        : new ApiObject(this, 'Quota', {
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata,
            spec: { hard: quantities(bounds) },
          });
    this.limitRange =
      limitRange === undefined
        ? undefined
        : new ApiObject(this, 'LimitRange', {
            apiVersion: 'v1',
            kind: 'LimitRange',
            metadata,
            spec: { limits: limitsOf(limitRange) },
          });
    this.node.addValidation({ validate: () => checkQuota(props).map(formatProblem) });
  }
}

function limitsOf(range: LimitRangeSpec) {
  const entry = (type: string, fields: Readonly<Record<string, Readonly<Record<string, string>>>>) => {
    const given = Object.entries(fields).filter(([, values]) => Object.keys(values).length > 0);
    return given.length === 0 ? [] : [{ ...Object.fromEntries(given), type }];
  };
  const container = rangeBounds(range);
  const claim = claimBounds(range);
  return [
    ...entry('Container', {
      default: quantities(container.default),
      defaultRequest: quantities(container.defaultRequest),
      max: quantities(container.max),
      min: quantities(container.min),
    }),
    ...entry('PersistentVolumeClaim', { max: quantities(claim.max), min: quantities(claim.min) }),
  ];
}
