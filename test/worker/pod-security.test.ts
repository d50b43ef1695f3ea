import { describe, expect, test } from '@jest/globals';
import { Volume } from 'cdk8s-plus-27';
import { set } from '../../lib';
import { refine } from '../../lib/refine';
import {
  type Document,
  documentsOf,
  exampleChart,
  exampleWorker,
  find,
  workerDocuments,
} from './example-worker';
import { restrictedViolations } from './pod-security';

function podOf(documents: readonly Document[]): Document {
  return find(documents, 'Deployment').spec.template.spec;
}

describe('Pod Security', () => {
  test('a worker is clean under restricted', () => {
    expect(restrictedViolations(podOf(workerDocuments()))).toEqual([]);
  });

  test('a container that the user adds is clean as well', () => {
    const chart = exampleChart();
    const { deployment } = exampleWorker(chart);
    deployment.addContainer({ name: 'sidecar', image: 'sidecar' });
    deployment.addInitContainer({ name: 'init', image: 'init' });
    expect(restrictedViolations(podOf(documentsOf(chart)))).toEqual([]);
  });

  test('no token is mounted, by the pod or by its own ServiceAccount', () => {
    const documents = workerDocuments();
    const account = find(documents, 'ServiceAccount');
    expect(account.automountServiceAccountToken).toBe(false);
    expect(podOf(documents)).toMatchObject({
      automountServiceAccountToken: false,
      serviceAccountName: account.metadata.name,
    });
  });

  const main = 'containers/0';
  test.each([
    ['hostNetwork', 'hostNetwork', true],
    ['hostPID', 'hostPID', true],
    ['worker: privileged', `${main}/securityContext/privileged`, true],
    ['worker: allowPrivilegeEscalation', `${main}/securityContext/allowPrivilegeEscalation`, true],
    ['worker: runAsNonRoot', `${main}/securityContext/runAsNonRoot`, false],
    ['worker: runAsUser 0', `${main}/securityContext/runAsUser`, 0],
    ['worker: capabilities.drop', `${main}/securityContext/capabilities/drop`, ['NET_RAW']],
    ['worker: capabilities.add', `${main}/securityContext/capabilities/add`, ['SYS_ADMIN']],
    ['worker: seccompProfile', `${main}/securityContext/seccompProfile`, { type: 'Unconfined' }],
    ['worker: procMount', `${main}/securityContext/procMount`, 'Unmasked'],
    ['worker: hostPort', `${main}/ports/0/hostPort`, 80],
    ['worker: host of a probe or hook', `${main}/livenessProbe/httpGet/host`, 'elsewhere'],
    ['sysctls', 'securityContext/sysctls', [{ name: 'kernel.msgmax', value: '1' }]],
    ['runAsUser 0', 'securityContext/runAsUser', 0],
  ])('the check finds a planted %s', (violation, pointer, value) => {
    const chart = exampleChart();
    refine(exampleWorker(chart).deployment, set(`/spec/template/spec/${pointer}`, value));
    expect(restrictedViolations(podOf(documentsOf(chart)))).toEqual([violation]);
  });

  test('the check finds a planted hostPath', () => {
    const chart = exampleChart();
    const volume = Volume.fromHostPath(chart, 'Host', 'host', { path: '/' });
    exampleWorker(chart, { volumes: [{ path: '/host', volume }] });
    expect(restrictedViolations(podOf(documentsOf(chart)))).toEqual(['volume host: hostPath']);
  });
});
