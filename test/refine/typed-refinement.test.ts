import { expect, test } from '@jest/globals';
import { Testing } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-27';
import { refine, refinementsOf } from '../../lib';
import type { AppsV1 } from '../../lib/schema/zz_kubernetes.gen';

const { fill, remove, set } = refinementsOf<AppsV1.Deployment>();

test('refinements of a kind change the document as those of any kind do', () => {
  const chart = Testing.chart();
  const deployment = new Deployment(chart, 'it', { containers: [{ image: 'it' }] });
  refine(
    deployment,
    set('/spec/template/spec/enableServiceLinks', false),
    set('/spec/template/spec/containers/*/resources/limits/cpu', '500m'),
    set('/metadata/annotations/example.com~1note', 'text'),
    fill('/spec/template/spec/topologySpreadConstraints', [
      { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
    ]),
    remove('/spec/template/spec/dnsPolicy'),
  );
  const { metadata, spec } = Testing.synth(chart)[0];
  expect(spec.template.spec).toMatchObject({
    enableServiceLinks: false,
    containers: [{ resources: { limits: { cpu: '500m' } } }],
    topologySpreadConstraints: [{ maxSkew: 1 }],
  });
  expect(spec.template.spec.dnsPolicy).toBeUndefined();
  expect(metadata.annotations).toEqual({ 'example.com/note': 'text' });
});

test('fails to compile for fields that do not exist and values of the wrong type', () => {
  const spec = '/spec/template/spec';
  // @ts-expect-error there is no such field
  set(`${spec}/hostNetworking`, true);
  // @ts-expect-error it is a number
  set('/spec/replicas', '3');
  // @ts-expect-error it is one of Always, IfNotPresent, Never
  set(`${spec}/containers/0/imagePullPolicy`, 'always');
  // @ts-expect-error a list has no such field
  remove(`${spec}/containers/name`);
  // @ts-expect-error an element lacks whenUnsatisfiable
  fill(`${spec}/topologySpreadConstraints`, [{ maxSkew: 1, topologyKey: 'zone' }]);
  expect(set(`${spec}/hostNetwork`, true).pointer).toBe('/spec/template/spec/hostNetwork');
});
