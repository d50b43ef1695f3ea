import { Chart } from 'cdk8s';
import { type AbstractPod, type IServiceAccount, ServiceAccount } from 'cdk8s-plus-27';
import type { Construct, IConstruct } from 'constructs';
import { ANY_API_SERVER, Environment } from '../environment/environment';
import { NetworkAccess } from '../network/network-access';
import type { Problem } from '../plan/problem';
import { refine, set } from '../refine';
import { findPods } from '../workload/find-workload';
import { workloadKind } from '../workload/pod-of-document';
import { podPointer } from '../workload/pod-pointer';
import type { RbacProps } from './props';

/** Who may do something: an account, and the pods that run as it when they are known. */
export interface RbacSubject {
  readonly account: IServiceAccount | undefined;
  readonly pods: AbstractPod | undefined;
  readonly problems: readonly Problem[];
}

/** The account of a subject; one of its own when there is no subject. */
export function findSubject(
  scope: Construct,
  subject: RbacProps['subject'],
  metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): RbacSubject {
  if (subject === undefined) {
    const account = new ServiceAccount(scope, 'ServiceAccount', {
      metadata: { name: metadata.name, labels: { ...metadata.labels } },
      automountToken: false,
    });
    return { account: account as IServiceAccount, pods: undefined, problems: noNamespace(account) };
  }
  if (isAccount(subject)) return { account: subject, pods: undefined, problems: [] };
  const pods = findPods(subject);
  if (pods === undefined) return { account: undefined, pods: undefined, problems: [noPods(subject)] };
  const account = pods.serviceAccount;
  const problems = account === undefined ? [noAccount(subject)] : noNamespace(pods);
  return { account, pods, problems };
}

/**
 * Gives the pods a token, which the kubelet renews, and the way to where they need it.
 *
 * @param subject the construct that the pods belong to
 */
export function giveToken(pods: AbstractPod, subject: IConstruct): void {
  const kind = workloadKind({ kind: pods.kind });
  if (kind === undefined) return;
  refine(pods, set(`${podPointer(kind)}/automountServiceAccountToken`, true));
  const apiServer = Environment.find(pods)?.apiServer ?? ANY_API_SERVER;
  for (const access of subject.node.findAll()) {
    if (access instanceof NetworkAccess) access.allowTo(...apiServer);
  }
}

function isAccount(subject: IConstruct): subject is IServiceAccount {
  return 'resourceType' in subject && subject.resourceType === 'serviceaccounts';
}

function noPods(subject: IConstruct): Problem {
  return {
    prop: 'subject',
    wanted: 'must be a workload or a ServiceAccount',
    got: subject.node.path,
    fix: 'Name the Worker, Deployment or ServiceAccount itself.',
  };
}

function noAccount(subject: IConstruct): Problem {
  return {
    prop: 'subject',
    wanted: 'must have a ServiceAccount of its own, since all pods of the namespace share the default one',
    got: subject.node.path,
    fix: 'Give it one: { serviceAccount: new ServiceAccount(this, id) }.',
  };
}

function noNamespace(subject: IConstruct): Problem[] {
  if (Chart.of(subject).namespace !== undefined) return [];
  return [
    {
      prop: 'subject',
      wanted: 'must lie in a namespace that its chart names, since bindings refer to accounts by that',
      got: 'none',
      fix: 'Give its chart a namespace: new Chart(app, id, { namespace }).',
    },
  ];
}
