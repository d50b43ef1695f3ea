import { expect, test } from '@jest/globals';
import { flowsOf } from './flows';

const pods = (name: string) => ({ podSelector: { matchLabels: { 'app.kubernetes.io/instance': name } } });

test('flows are those from workloads that a policy names, but not between members of one', () => {
  const ingress = [
    { from: [pods('broker')], ports: [{ port: 6222 }] },
    { from: [pods('upload'), pods('develop')], ports: [{ port: 4222 }] },
    { from: [{ namespaceSelector: {} }], ports: [{ port: 8222 }] },
  ];
  const policies = [
    { metadata: { name: 'broker' }, spec: { ingress } },
    { metadata: { name: 'sweep' }, spec: {} },
  ];
  expect(flowsOf(policies)).toEqual([
    { from: 'upload', to: 'broker', port: 4222 },
    { from: 'develop', to: 'broker', port: 4222 },
  ]);
});
