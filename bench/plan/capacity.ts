import { type CapacityPool, nodesOf, type PodTemplate, pack, podsOf } from '../../lib/plan';
import type { PlannerTask } from './task';

const GIB = 2 ** 30;
const ZONES = ['a', 'b', 'c'];
const TYPES = 8;
const NODES = 500;
const WORKLOADS = 50;
const PODS = 5000;

/** 500 nodes of 8 types in three zones, one type for pods that tolerate it. */
const POOLS: readonly CapacityPool[] = Array.from({ length: TYPES }, (_, type) => {
  const cores = 2 ** (1 + (type % 4));
  const count = Math.ceil((NODES - type) / TYPES);
  return {
    name: `type-${type}`,
    labels: { type: `type-${type}` },
    taints: type === TYPES - 1 ? [{ key: 'dedicated', effect: 'NoSchedule' }] : [],
    allocatable: { cpu: cores * 0.94, memory: cores * 3.5 * GIB, pods: 110 },
    nodes: { min: count, max: count },
    zones: ZONES,
  };
});

/** A fifth spread over zones, a seventh kept apart, a tenth with a type of their own, three priorities. */
const TEMPLATES: readonly PodTemplate[] = Array.from({ length: WORKLOADS }, (_, index) => {
  const app = `app-${index}`;
  const selector = [{ key: 'app', operator: 'In' as const, values: [app] }];
  return {
    workload: `Deployment shop/${app}`,
    namespace: 'shop',
    labels: { app },
    requests: { cpu: 0.1 * (1 + (index % 5)), memory: 0.25 * (1 + (index % 4)) * GIB },
    priority: index % 3,
    spreadBy: selector,
    ...(index % 10 === 9 && index % 7 !== 0 && { nodeSelector: { type: `type-${index % (TYPES - 1)}` } }),
    ...(index % 5 === 0 && {
      spread: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'DoNotSchedule' as const,
          selector,
        },
      ],
    }),
    ...(index % 7 === 0 && {
      podAntiAffinity: [{ topologyKey: 'kubernetes.io/hostname', selector }],
    }),
  };
});

/** Packing of a large cluster. */
export const CAPACITY_TASKS: readonly PlannerTask[] = [
  {
    name: 'capacity',
    what: `${PODS.toLocaleString('en')} pods packed on ${NODES} nodes of ${TYPES} types`,
    limitSeconds: 2,
    run: () => {
      const nodes = POOLS.flatMap((pool) => nodesOf(pool, pool.nodes.max));
      const pods = TEMPLATES.flatMap((template) => podsOf({ template, pods: PODS / WORKLOADS }, nodes));
      const { placed } = pack(nodes, pods);
      if (nodes.length !== NODES || placed.size !== PODS) {
        throw new Error(`${placed.size} of ${pods.length} pods were placed on ${nodes.length} nodes`);
      }
    },
  },
];
