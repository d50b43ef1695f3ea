import { describe, expect, test } from '@jest/globals';
import { defaultsOf, podAmount } from '../../lib/check/pod-resources';

const NONE = { requests: {}, limits: {} };
const of = (name: string, requests: object, more: object = {}) => ({
  name,
  resources: { requests },
  ...more,
});

function cpuOf(pod: object, defaults = NONE): number {
  return podAmount({ ...pod }, 'requests', 'cpu', defaults).amount;
}

describe('what a pod asks for', () => {
  test('is what its containers ask for together', () => {
    expect(cpuOf({ containers: [of('a', { cpu: '500m' }), of('b', { cpu: '1' })] })).toBe(1.5);
  });

  test('is what a container before them asks for when that is more', () => {
    const containers = [of('a', { cpu: '500m' })];
    expect(cpuOf({ containers, initContainers: [of('init', { cpu: '2' })] })).toBe(2);
    expect(cpuOf({ containers, initContainers: [of('init', { cpu: '250m' })] })).toBe(0.5);
  });

  test('counts sidecars beside the containers, and beside those that start after them', () => {
    const sidecar = of('proxy', { cpu: '1' }, { restartPolicy: 'Always' });
    const containers = [of('a', { cpu: '500m' })];
    expect(cpuOf({ containers, initContainers: [sidecar] })).toBe(1.5);
    expect(cpuOf({ containers, initContainers: [sidecar, of('init', { cpu: '2' })] })).toBe(3);
  });

  test('is the limit where only that is said, or what the LimitRange gives', () => {
    const limited = { containers: [{ name: 'a', resources: { limits: { cpu: '3' } } }] };
    expect(cpuOf(limited)).toBe(3);
    const range = {
      spec: { limits: [{ type: 'Container', default: { cpu: '2' }, defaultRequest: { cpu: '100m' } }] },
    };
    expect(cpuOf({ containers: [{ name: 'a' }] }, defaultsOf([range]))).toBe(0.1);
    expect(cpuOf(limited, defaultsOf([range]))).toBe(3);
  });

  test('is what the pod says for all of them, and its overhead', () => {
    const containers = [of('a', { cpu: '500m' })];
    expect(cpuOf({ containers, resources: { requests: { cpu: '4' } } })).toBe(4);
    expect(cpuOf({ containers, overhead: { cpu: '250m' } })).toBe(0.75);
  });

  test('names containers that say nothing', () => {
    const pod = { containers: [of('a', { cpu: '500m' }), { name: 'b' }] };
    expect(podAmount(pod, 'requests', 'cpu', NONE).silent).toEqual(['b']);
  });
});
