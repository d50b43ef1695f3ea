import type { Fields } from '../../lib/plan/fields';
import type { Random } from '../random';
import { NAMESPACES, type Setting } from './workloads';

const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';

/** What a pod asks of its place, most of it seldom. */
export function randomPlacement(random: Random, setting: Setting): Fields {
  const { pools } = setting;
  const pool = random.one(pools).name;
  const spread = random.chance(0.35)
    ? Array.from({ length: random.whole(1, 2) }, () => constraint(random, setting))
    : [];
  return {
    ...(random.chance(0.25) && { nodeSelector: { pool: random.chance(0.1) ? 'nowhere' : pool } }),
    ...(random.chance(0.4) && { tolerations: [toleration(random, pool)] }),
    ...(spread.length > 0 && { topologySpreadConstraints: spread }),
    ...(random.chance(0.3) && { priorityClassName: random.one(['low', 'high', 'patient']) }),
    ...(random.chance(0.5) && { affinity: affinity(random, setting) }),
  };
}

function toleration(random: Random, pool: string): Fields {
  return random.one<Fields>([
    { key: 'dedicated', operator: 'Equal', value: pool },
    { key: 'dedicated', operator: 'Exists' },
    { operator: 'Exists' },
    { key: 'dedicated', operator: 'Equal', value: pool, effect: 'NoSchedule' },
  ]);
}

function constraint(random: Random, { app }: Setting): Fields {
  return {
    maxSkew: random.whole(1, 3),
    topologyKey: random.one([ZONE, ZONE, HOSTNAME]),
    whenUnsatisfiable: random.one(['DoNotSchedule', 'ScheduleAnyway']),
    labelSelector: random.chance(0.9)
      ? { matchLabels: { app } }
      : { matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] },
    ...(random.chance(0.3) && { nodeTaintsPolicy: random.one(['Honor', 'Ignore']) }),
    ...(random.chance(0.3) && { nodeAffinityPolicy: random.one(['Honor', 'Ignore']) }),
    ...(random.chance(0.3) && { matchLabelKeys: ['pod-template-hash'] }),
  };
}

function affinity(random: Random, setting: Setting): Fields {
  const { app, apps } = setting;
  const own = { matchLabels: { app } };
  return {
    ...(random.chance(0.3) && { nodeAffinity: nodeAffinity(random, setting) }),
    ...(random.chance(0.15) && {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          term(random, { matchLabels: { app: random.one(apps) } }),
        ],
      },
    }),
    ...(random.chance(0.3) && {
      podAntiAffinity: random.one<Fields>([
        { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOSTNAME, labelSelector: own }] },
        {
          requiredDuringSchedulingIgnoredDuringExecution: [
            term(random, { matchLabels: { app: random.one(apps) } }),
          ],
        },
        {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: random.whole(1, 100), podAffinityTerm: term(random, own) },
          ],
        },
      ]),
    }),
  };
}

function term(random: Random, labelSelector: Fields): Fields {
  return {
    topologyKey: random.one([HOSTNAME, ZONE]),
    labelSelector,
    ...random.one<Fields>([
      {},
      {},
      { namespaces: NAMESPACES },
      { namespaceSelector: {} },
      { namespaceSelector: { matchLabels: { team: 'studio' } } },
    ]),
  };
}

function nodeAffinity(random: Random, { pools }: Setting): Fields {
  const expression = () =>
    random.one<Fields>([
      { key: 'pool', operator: 'In', values: [random.one(pools).name, random.one(pools).name] },
      { key: 'pool', operator: 'NotIn', values: [random.one(pools).name] },
      { key: 'disk', operator: 'In', values: ['ssd'] },
      { key: 'generation', operator: 'Gt', values: ['3'] },
      { key: 'generation', operator: 'Lt', values: ['8'] },
      { key: ZONE, operator: 'Exists' },
      { key: 'missing', operator: 'DoesNotExist' },
    ]);
  const terms = Array.from({ length: random.whole(1, 2) }, () => ({ matchExpressions: [expression()] }));
  return random.chance(0.6)
    ? { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } }
    : {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: random.whole(1, 100), preference: { matchExpressions: [expression()] } },
        ],
      };
}
