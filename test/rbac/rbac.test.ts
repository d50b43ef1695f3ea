import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { ApiResource, Deployment, type IServiceAccount, type Role, ServiceAccount } from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge, Environment, Rbac, type RbacProps, type RbacRule } from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp, exampleChart, exampleWorker, find } from '../worker/example-worker';

const deployments: RbacRule = {
  apiGroups: ['apps'],
  resources: ['deployments'],
  verbs: ['get', 'list', 'watch', 'create', 'patch'],
};
const limits: RbacRule = { apiGroups: [''], resources: ['configmaps'], names: ['limits'], verbs: ['get'] };

function rbacIn(props: Partial<RbacProps> = {}, scope: (chart: Chart) => Construct = (chart) => chart) {
  const chart = exampleChart();
  const rbac = new Rbac(scope(chart), 'creator', { allow: [deployments, limits], ...props });
  return { chart, rbac, documents: () => documentsOf(chart) };
}

const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
const subject = (name: string) => ({ apiGroup: '', kind: 'ServiceAccount', name, namespace: 'darkroom' });

describe('Rbac', () => {
  test('is a role of the namespace, its binding and an account', () => {
    const documents = rbacIn().documents();
    expect(find(documents, 'Role').rules).toEqual([
      {
        apiGroups: ['apps'],
        resources: ['deployments'],
        verbs: ['get', 'list', 'watch', 'create', 'patch'],
      },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['limits'], verbs: ['get'] },
    ]);
    const binding = find(documents, 'RoleBinding');
    expect(binding.metadata).toMatchObject({ name: 'creator', namespace: 'darkroom' });
    expect(binding.roleRef).toEqual(roleRef('Role', 'creator'));
    expect(binding.subjects).toEqual([subject('creator')]);
    expect(find(documents, 'ServiceAccount')).toMatchObject({
      metadata: { name: 'creator' },
      automountServiceAccountToken: false,
    });
  });

  test('reaches other namespaces by one role, bound in each', () => {
    const documents = rbacIn({ within: ['studio', 'lab'] }).documents();
    expect(find(documents, 'ClusterRole').metadata).toMatchObject({ name: 'darkroom-creator' });
    expect(find(documents, 'ClusterRole').metadata).not.toHaveProperty('namespace');
    const bindings = documents.filter((it) => it.kind === 'RoleBinding');
    expect(bindings.map((it) => it.metadata.namespace)).toEqual(['studio', 'lab']);
    for (const binding of bindings) {
      expect(binding.roleRef).toEqual(roleRef('ClusterRole', 'darkroom-creator'));
      expect(binding.subjects).toEqual([subject('creator')]);
    }
  });

  test('reaches the whole cluster by a binding that lies in no namespace', () => {
    const nodes: RbacRule = { apiGroups: [''], resources: ['nodes'], verbs: ['list'] };
    const binding = find(rbacIn({ within: 'cluster', allow: [nodes] }).documents(), 'ClusterRoleBinding');
    expect(binding.metadata).not.toHaveProperty('namespace');
    expect(binding.subjects).toEqual([subject('creator')]);
  });

  test("gives a Worker's pods a token, and the way to the API server", () => {
    const app = exampleApp();
    const apiServer = [{ cidr: '10.0.0.1/32', ports: [6443] }];
    const chart = new Chart(new Environment(app, 'dev', { apiServer }), 'studio', { namespace: 'dev' });
    const worker = exampleWorker(chart);
    const before = documentsOf(chart);
    expect(find(before, 'Deployment').spec.template.spec.automountServiceAccountToken).toBe(false);
    new Rbac(chart, 'creator', { allow: [deployments], subject: worker });
    const documents = documentsOf(chart);
    expect(find(documents, 'Deployment').spec.template.spec.automountServiceAccountToken).toBe(true);
    expect(find(documents, 'RoleBinding').subjects[0].name).toBe('develop');
    expect(find(documents, 'ServiceAccount').automountServiceAccountToken).toBe(false);
    expect(find(documents, 'NetworkPolicy').spec.egress).toContainEqual({
      ports: [{ port: 6443, protocol: 'TCP' }],
      to: [{ ipBlock: { cidr: '10.0.0.1/32' } }],
    });
    expect(problemLines(app)).toEqual([]);
  });

  test('takes workloads and accounts of cdk8s-plus', () => {
    const chart = exampleChart();
    const serviceAccount = new ServiceAccount(chart, 'Account', {
      metadata: { name: 'own' },
    }) as IServiceAccount;
    const web = new Deployment(chart, 'web', { containers: [{ image: 'web' }], serviceAccount });
    new Rbac(chart, 'pods', { allow: [deployments], subject: web });
    new Rbac(chart, 'account', { allow: [limits], subject: serviceAccount });
    const documents = documentsOf(chart);
    for (const name of ['pods', 'account']) {
      expect(find(documents, 'RoleBinding', name).subjects).toEqual([subject('own')]);
    }
    expect(find(documents, 'Deployment').spec.template.spec.automountServiceAccountToken).toBe(true);
  });

  test("leaves cdk8s-plus' own methods at work", () => {
    const { rbac, documents } = rbacIn();
    (rbac.role as Role).allowRead(ApiResource.PODS);
    expect(find(documents(), 'Role').rules).toHaveLength(3);
  });

  test('is written the same wherever it stands in the tree', () => {
    const deep = rbacIn({}, (chart) => new Construct(new Construct(chart, 'a'), 'b'));
    expect(deep.documents()).toEqual(rbacIn().documents());
  });
});

function linesOf(props: Partial<RbacProps>, use: (rbac: Rbac, chart: Chart) => void = () => {}): string[] {
  const app = exampleApp();
  const chart = new Chart(app, 'studio', { namespace: 'studio' });
  use(new Rbac(chart, 'creator', { allow: [deployments], ...props }), chart);
  return problemLines(app);
}

const allow = (rule: Partial<RbacRule>): Partial<RbacProps> => ({ allow: [{ ...deployments, ...rule }] });

describe('fails', () => {
  test.each<[string, Partial<RbacProps>, RegExp]>([
    [
      'for every verb',
      allow({ verbs: ['*'] }),
      /^studio\/creator: allow\[0\] must not give more than it says: .*, got verbs \*\. .*acknowledge\(rbac, 'rbac-wildcard', WHY\)\.$/,
    ],
    ['for every resource', allow({ resources: ['*'] }), /got resources \*\. /],
    [
      'for all secrets',
      allow({ apiGroups: [''], resources: ['secrets'], verbs: ['list', 'create'] }),
      /: allow\[0\] must not give more than it says: all credentials .*, got list of all secrets\. .*'rbac-secrets'/,
    ],
    [
      'for rights beyond its own',
      allow({ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['bind'] }),
      /: it can bind roles that it has not, got bind\. .*'rbac-escalation'/,
    ],
    [
      'for tokens of others',
      allow({ apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }),
      /got create of serviceaccounts\/token\. /,
    ],
    [
      'for commands in pods',
      allow({ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }),
      /a command in a pod has all that the pod has, got create of pods\/exec\. /,
    ],
    [
      'for a name of what has none yet',
      allow({ names: ['web'] }),
      /: allow\[0\]\.names must be left out with create, which would never be allowed, got web\. /,
    ],
    [
      'for objects of the cluster in a role of the namespace',
      allow({ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }),
      /: allow\[0\]\.resources must lie in namespaces unless within is 'cluster', got nodes\. /,
    ],
    ['for nothing', { allow: [] }, /: allow must not be empty, got \[\]\. /],
    ['for nothing in a rule', allow({ verbs: [] }), /: allow\[0\]\.verbs must not be empty, got \[\]\. /],
    ['for nowhere', { within: [] }, /: within must not be empty, got \[\]\. /],
  ])('%s', (_, props, line) => {
    expect(linesOf(props)).toEqual([expect.stringMatching(line)]);
  });

  test.each<[string, (chart: Chart) => IConstruct, RegExp]>([
    [
      'for pods that share the account of the namespace',
      (chart) => new Deployment(chart, 'web', { containers: [{ image: 'web' }] }),
      /^studio\/creator: subject must have a ServiceAccount of its own, .*, got studio\/web\. /,
    ],
    [
      'for a subject without pods',
      (chart) => new Construct(chart, 'thing'),
      /^studio\/creator: subject must be a workload or a ServiceAccount, got studio\/thing\. /,
    ],
  ])('%s', (_, make, line) => {
    const app = exampleApp();
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    new Rbac(chart, 'creator', { allow: [deployments], subject: make(chart) });
    expect(problemLines(app)).toEqual([expect.stringMatching(line)]);
  });

  test('for an account in no namespace', () => {
    const app = exampleApp();
    new Rbac(new Chart(app, 'studio'), 'creator', { allow: [deployments] });
    expect(problemLines(app)).toEqual([expect.stringMatching(/: subject must lie in a namespace /)]);
  });
});

test('what is acknowledged may stay, and nothing else', () => {
  const rule: RbacRule = { apiGroups: [''], resources: ['secrets', 'pods/exec'], verbs: ['get'] };
  const lines = linesOf({ allow: [rule] }, (rbac) => {
    acknowledge(rbac, 'rbac-secrets', 'It copies the pull secret that each tenant names.');
  });
  expect(lines).toEqual([expect.stringMatching(/got get of pods\/exec\. .*'rbac-escalation'/)]);
});
