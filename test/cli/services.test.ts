import { describe, expect, test } from '@jest/globals';
import { Testing } from 'cdk8s';
import { CapstanApp } from '../../lib';
import { SERVICE_FIGURE_NAMES } from '../../lib/plan';
import { exampleService } from '../service/example-service';
import { anyImage, exampleChart, exampleWorker } from '../worker/example-worker';
import { capstan, programFolder } from './example-program';

/** A program with a service and a worker that calls it, as it describes itself. */
function program(): string {
  const chart = exampleChart();
  const upload = exampleService(chart);
  exampleWorker(chart, { connections: [upload.connection()] });
  const app = chart.node.root;
  if (!(app instanceof CapstanApp)) throw new Error('the example stands in a CapstanApp');
  return programFolder(app.model());
}

describe('the command line knows services', () => {
  test('capstan plan prints the table of each worker and service', async () => {
    const { code, out } = await capstan(program(), 'plan');
    expect(code).toBe(0);
    const heads = out.split('\n').filter((line) => /^\S/.test(line));
    expect(heads).toEqual(['darkroom/develop', 'darkroom/upload']);
  });

  test('capstan plan upload prints its table', async () => {
    const { code, out } = await capstan(program(), 'plan', 'upload');
    expect(code).toBe(0);
    const [head, ...rows] = out.trimEnd().split('\n');
    expect(head).toBe('darkroom/upload');
    expect(rows.map((row) => row.trim().split(' ')[0])).toEqual([...SERVICE_FIGURE_NAMES]);
    expect(out).toContain('128 requests  1,600 requests/s × 80 ms');
  });

  test('capstan plan --explain shows a figure of those that have it', async () => {
    const shown = async (...args: string[]) => (await capstan(program(), 'plan', '--explain', ...args)).out;
    expect(await shown('waitingRoom')).toMatch(/^darkroom\/upload\n {2}waitingRoom {2}128 requests .*\n$/);
    expect(await shown('prefetch')).toMatch(/^darkroom\/develop\n/);
    expect((await shown('poolSlots')).match(/^darkroom/gm)).toHaveLength(2);
    const json = JSON.parse(await shown('longestWait', '--json'));
    expect(json).toMatchObject({ 'darkroom/upload': { figures: { longestWait: { value: 0.08 } } } });
  });

  test('fails for a figure that the plan of a service has not', async () => {
    const ran = await capstan(program(), 'plan', 'upload', '--explain', 'prefetch');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatch(/The plan of upload has no prefetch\. It has: poolSlots, .*waitingRoom/);
  });

  test('fails to run a service, and says how it is started', async () => {
    const ran = await capstan(program(), 'run', 'upload', '--input', '.');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('upload must be a worker, got a service. capstan run runs workers; ');
    expect(ran.err).toContain('`go run .` in apps/upload');
  });

  test('builds the image of a service like that of a worker', async () => {
    const ran = await capstan(program(), 'image', 'build', 'upload', '--check');
    expect(ran.code).toBe(3);
    expect(ran.err).toContain('stale for: upload');
  });
});

test('a program describes its services, with what the pods are configured with', () => {
  const app = new CapstanApp({ outdir: Testing.app().outdir, images: anyImage });
  const chart = exampleChart();
  const { plan, contract } = exampleService(chart);
  const root = chart.node.root;
  expect(app.model().services).toEqual([]);
  expect(root instanceof CapstanApp && root.model().services).toMatchObject([
    {
      path: 'darkroom/upload',
      name: 'upload',
      app: { name: 'upload', directory: 'apps/upload', kind: 'service', brokers: [] },
      plan,
      contract,
      limits: { cpuCores: 8, memoryBytes: 112 * 2 ** 20 },
      environment: { CAPSTAN_CONFIG: '/etc/capstan/service.json' },
    },
  ]);
});
