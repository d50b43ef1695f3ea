import { isAcknowledged } from '../acknowledge';
import type { Problem } from '../plan/problem';
import { checkObjectName } from '../workload/check-object-name';
import { dangersOf } from './dangers';
import type { RbacProps, RbacRule } from './props';
import type { Rbac } from './rbac';

/** Resources of Kubernetes itself that lie in no namespace: a Role allows nothing with them. */
const CLUSTER_WIDE = [
  'certificatesigningrequests',
  'clusterrolebindings',
  'clusterroles',
  'customresourcedefinitions',
  'ingressclasses',
  'mutatingwebhookconfigurations',
  'namespaces',
  'nodes',
  'persistentvolumes',
  'priorityclasses',
  'runtimeclasses',
  'storageclasses',
  'validatingwebhookconfigurations',
];

/** Verbs about objects that have no name yet, or about all of them. */
const NAMELESS: readonly string[] = ['create', 'deletecollection'];

/** What is wrong with what is allowed. */
export function checkRbac(rbac: Rbac, { allow, within = 'namespace' }: RbacProps): Problem[] {
  return [
    ...checkObjectName(rbac.role.name),
    ...(allow.length > 0 ? [] : [nothing('allow')]),
    ...(within.length > 0 ? [] : [nothing('within')]),
    ...allow.flatMap((rule, index) => {
      const prop = `allow[${index}]`;
      return [
        ...checkLists(prop, rule),
        ...checkNames(prop, rule),
        ...(within === 'cluster' ? [] : checkReach(prop, rule)),
        ...checkDangers(rbac, prop, rule),
      ];
    }),
  ];
}

function nothing(prop: string): Problem {
  return {
    prop,
    wanted: 'must not be empty',
    got: '[]',
    fix: 'Name what is needed, or leave the construct out.',
  };
}

function checkLists(prop: string, { apiGroups, resources, verbs, names }: RbacRule): Problem[] {
  return Object.entries({ apiGroups, resources, verbs, names })
    .filter(([, values]) => values?.length === 0)
    .map(([field]) => nothing(`${prop}.${field}`));
}

function checkNames(prop: string, { verbs, names }: RbacRule): Problem[] {
  const nameless = verbs.filter((verb) => NAMELESS.includes(verb));
  if (names === undefined || nameless.length === 0) return [];
  return [
    {
      prop: `${prop}.names`,
      wanted: `must be left out with ${nameless.join(', ')}, which would never be allowed`,
      got: names.join(', '),
      fix: 'Make two rules of it, one with the names and one for what cannot be named.',
    },
  ];
}

function checkReach(prop: string, { resources }: RbacRule): Problem[] {
  const wide = resources.filter((resource) => CLUSTER_WIDE.includes(resource.split('/')[0] ?? ''));
  if (wide.length === 0) return [];
  return [
    {
      prop: `${prop}.resources`,
      wanted: "must lie in namespaces unless within is 'cluster'",
      got: wide.join(', '),
      fix: "Put them into an Rbac of their own with within: 'cluster'.",
    },
  ];
}

function checkDangers(rbac: Rbac, prop: string, rule: RbacRule): Problem[] {
  return dangersOf(rule)
    .filter((danger) => !isAcknowledged(rbac, danger.rule))
    .map((danger) => ({
      prop,
      wanted: `must not give more than it says: ${danger.why}`,
      got: danger.got,
      fix: `Allow less, or say why it is right with acknowledge(rbac, '${danger.rule}', WHY).`,
    }));
}
