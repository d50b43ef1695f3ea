import type { AcknowledgedRule } from '../acknowledge';
import type { RbacRule } from './props';

/** A rule by which its subject gets at more than it says. */
export interface Danger {
  readonly rule: AcknowledgedRule;
  /** What is allowed, as a message names it. */
  readonly got: string;
  /** What comes of it. */
  readonly why: string;
}

/** Something that leads to other rights ("Role Based Access Control Good Practices", privilege escalation risks). */
interface Way {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly why: string;
}

const WRITE = ['create', 'update', 'patch'];

const WAYS: readonly Way[] = [
  { resources: ['serviceaccounts/token'], verbs: ['create'], why: 'who makes tokens is everybody' },
  {
    resources: ['nodes/proxy'],
    verbs: ['get', 'create'],
    why: "the kubelet's API runs commands in every pod",
  },
  {
    resources: ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers'],
    verbs: ['get', ...WRITE],
    why: 'a command in a pod has all that the pod has',
  },
  { resources: ['persistentvolumes'], verbs: ['create'], why: "a hostPath volume is the node's own disk" },
  {
    resources: ['certificatesigningrequests/approval', 'signers'],
    verbs: ['approve', 'sign', 'update', 'patch'],
    why: 'a signed certificate is whoever it names',
  },
  {
    resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    verbs: WRITE,
    why: 'a webhook sees and changes every object',
  },
  {
    resources: ['namespaces'],
    verbs: ['update', 'patch'],
    why: 'labels of a namespace set its Pod Security level',
  },
];

/** Verbs that are ways to other rights, whatever they are about. */
const VERBS: Readonly<Record<string, string>> = {
  bind: 'it can bind roles that it has not',
  escalate: 'it can write roles with more than it has',
  impersonate: 'it can be somebody else',
};

const READ = ['get', 'list', 'watch'];

/** What is dangerous in a rule. */
export function dangersOf(rule: RbacRule): Danger[] {
  return [...wildcards(rule), ...secrets(rule), ...escalations(rule)];
}

function wildcards({ apiGroups, resources, verbs }: RbacRule): Danger[] {
  return Object.entries({ apiGroups, resources, verbs }).flatMap(([prop, values]) => {
    const [got] = values.filter((it) => it.includes('*'));
    const why = 'it grows with every resource that is added to the cluster';
    return got === undefined ? [] : { rule: 'rbac-wildcard' as const, got: `${prop} ${got}`, why };
  });
}

function secrets({ apiGroups, resources, verbs, names }: RbacRule): Danger[] {
  const read = verbs.filter((verb) => READ.includes(verb));
  if (names !== undefined || read.length === 0) return [];
  if (!apiGroups.includes('') || !resources.includes('secrets')) return [];
  const why = 'all credentials of the namespace are in them; name the ones that it needs (names)';
  return [{ rule: 'rbac-secrets', got: `${read.join(', ')} of all secrets`, why }];
}

function escalations({ resources, verbs }: RbacRule): Danger[] {
  const byVerb = verbs.flatMap((verb) => {
    const why = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    return why === undefined ? [] : { rule: 'rbac-escalation' as const, got: verb, why };
  });
  const byResource = WAYS.flatMap((way) => {
    const resource = way.resources.find((it) => resources.includes(it));
    const verb = way.verbs.find((it) => verbs.some((given) => given === it));
    if (resource === undefined || verb === undefined) return [];
    return { rule: 'rbac-escalation' as const, got: `${verb} of ${resource}`, why: way.why };
  });
  return [...byVerb, ...byResource];
}
