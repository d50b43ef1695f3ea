import { Duration } from 'cdk8s';
import {
  EnvFieldPaths,
  EnvValue,
  type IServiceAccount,
  Pod,
  PodManagementPolicy,
  type Service,
  StatefulSet,
  StatefulSetUpdateStrategy,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ShardFigures } from '../../plan/figures';
import { refine, remove } from '../../refine';
import type { TaskSource } from '../../source';
import { claimRefinements, claimVolumes, mountClaims } from '../../stateful/claims';
import { hardenedPod, hardenPods } from '../../workload/hardened-pod';
import { amountsOf, resourceRefinements } from '../../workload/resources';
import { workerContainer } from '../container';
import type { Fittings } from '../fittings';
import type { ShardedWorkerProps } from './props';

/** Variable with the number of a pod's shard, from 0. */
export const SHARD_VARIABLE = 'CAPSTAN_SHARD';

/** Label with the number of a pod in its StatefulSet; every supported version of Kubernetes sets it. */
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

const POLICIES = {
  parallel: PodManagementPolicy.PARALLEL,
  ordered: PodManagementPolicy.ORDERED_READY,
} as const;

/** What the StatefulSet of a sharded worker is made from. */
export interface ShardPodsInput {
  readonly fittings: Fittings;
  readonly figures: ShardFigures;
  readonly props: ShardedWorkerProps;
  /** The source of the first shard. */
  readonly source: TaskSource;
  /** Gives each pod its name in DNS. */
  readonly governing: Service;
}

/** The StatefulSet of a sharded worker. `scope` becomes the parent of its volumes as well. */
export function shardPods(scope: Construct, input: ShardPodsInput): StatefulSet {
  const { fittings, figures, props, source, governing } = input;
  const { name, labels } = fittings;
  const { claims = {}, podManagement = 'parallel' } = props;
  const paths = Object.fromEntries(Object.entries(claims).map(([claim, { path }]) => [claim, path]));
  const statefulSet = new StatefulSet(scope, 'StatefulSet', {
    metadata: { name, labels },
    ...hardenedPod({
      name,
      labels,
      annotations: { 'checksum/config': fittings.configChecksum },
      serviceAccount: fittings.serviceAccount as IServiceAccount,
      gracePeriod: Duration.seconds(figures.gracePeriod.value),
    }),
    service: governing,
    replicas: figures.shards.value,
    podManagementPolicy: POLICIES[podManagement],
    strategy: StatefulSetUpdateStrategy.rollingUpdate({ partition: 0 }),
    minReady: Duration.seconds(figures.minReadySeconds.value),
    containers: [
      workerContainer(scope, {
        fittings,
        figures,
        props,
        source,
        takesTasks: source.kind === 'memory',
        leadingEnv: {
          [SHARD_VARIABLE]: EnvValue.fromFieldRef(EnvFieldPaths.POD_LABEL, { key: INDEX_LABEL }),
        },
        mounts: mountClaims(claimVolumes(scope, claims), paths),
      }),
    ],
  });
  // The StatefulSet has added its address, which followed from its path then, to the selector of the Service.
  refine(governing, remove(`/spec/selector/${Pod.ADDRESS_LABEL.replace('/', '~1')}`));
  hardenPods(statefulSet, {
    name,
    kind: 'StatefulSet',
    placement: fittings.placement,
    refinements: [
      ...resourceRefinements('/spec/template/spec/containers/0', amountsOf(figures)),
      ...claimRefinements(scope, claims, props.retention),
    ],
  });
  return statefulSet;
}
