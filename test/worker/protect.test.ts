import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { Chart, Duration } from 'cdk8s';
import { SpecError, type WorkerProps, type WorkerProtection } from '../../lib';
import { exampleApp, exampleChart, exampleWorker } from './example-worker';

const everything: WorkerProtection = { rate: { perPod: 12.5 }, breaker: {}, retryBudget: {}, adaptive: {} };

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: unknown };
}

function documents(props: Partial<WorkerProps>): Manifest[] {
  const chart = exampleChart();
  exampleWorker(chart, props);
  return chart.toJson() as Manifest[];
}

const deploymentOf = (all: readonly Manifest[]) => all.find(({ kind }) => kind === 'Deployment');
const liveOf = (all: readonly Manifest[]) => all.find(({ metadata }) => metadata.name === 'develop-live');

function linesOf(props: Partial<WorkerProps>): string[] {
  const root = exampleApp();
  try {
    exampleWorker(new Chart(root, 'darkroom', { namespace: 'darkroom' }), props);
    root.synth();
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('protection', () => {
  test('is handed to the pods with its defaults', () => {
    const { contract } = exampleWorker(exampleChart(), { protect: everything });
    expect(contract.protect).toEqual({
      rate: { perSecond: 12.5, burst: 13 },
      breaker: { failureShare: 0.5, leastAttempts: 20, windowSeconds: 30, openSeconds: 30, probes: 3 },
      retryBudget: { share: 0.2, least: 10, windowSeconds: 60 },
      adaptive: { leastSlots: 1 },
    });
  });

  test('is not there unless it is wanted', () => {
    const { contract } = exampleWorker(exampleChart());
    expect(contract).not.toHaveProperty('protect');
    expect(contract).not.toHaveProperty('live');
  });

  test('bounds the throughput that is planned, and says so', () => {
    const free = exampleWorker(exampleChart()).plan.figures.throughputPerPod.value;
    const { throughputPerPod, prefetch } = exampleWorker(exampleChart(), {
      protect: { rate: { perPod: free / 4 } },
    }).plan.figures;
    expect(throughputPerPod.value).toBeCloseTo(free / 4);
    expect(throughputPerPod.reason).toMatch(/given as protect\.rate\.perPod: slots and CPU would allow/);
    expect(prefetch.value).toBeGreaterThanOrEqual(0);
    const loose = exampleWorker(exampleChart(), { protect: { rate: { perPod: free * 4 } } });
    expect(loose.plan.figures.throughputPerPod.value).toBe(free);
  });
});

describe('live settings', () => {
  test('lie in a ConfigMap of their own, whose change rolls no pod', () => {
    const first = documents({ live: {} });
    const second = documents({ live: { slots: 1, logLevel: 'debug', rate: { perPod: 2 }, breaker: {} } });
    expect(deploymentOf(second)).toEqual(deploymentOf(first));
    expect(JSON.parse(liveOf(first)?.data?.['live.json'] ?? '')).toEqual({ contract: 1 });
    expect(JSON.parse(liveOf(second)?.data?.['live.json'] ?? '')).toMatchObject({
      contract: 1,
      slots: 1,
      log: { level: 'debug' },
      rate: { perSecond: 2, burst: 2 },
    });
  });

  test('fit their schema', () => {
    const schema = (name: string) =>
      JSON.parse(readFileSync(join(__dirname, `../../contract/${name}.schema.json`), 'utf8'));
    const validate = new Ajv2020().addSchema(schema('worker')).compile(schema('live'));
    const live = liveOf(
      documents({ live: { slots: 1, logLevel: 'warn', rate: { perPod: 2 }, breaker: {} } }),
    );
    validate(JSON.parse(live?.data?.['live.json'] ?? ''));
    expect(validate.errors).toBeNull();
  });

  test('are mounted where the configuration says', () => {
    const all = documents({ live: {} });
    expect(JSON.stringify(deploymentOf(all)?.spec?.template)).toContain('"mountPath":"/etc/capstan-live"');
    const config = all.find(({ metadata, kind }) => kind === 'ConfigMap' && metadata.name === 'develop');
    expect(JSON.parse(config?.data?.['worker.json'] ?? '')).toMatchObject({
      live: '/etc/capstan-live/live.json',
    });
    expect(liveOf(documents({}))).toBeUndefined();
  });
});

describe('fails with the property and a fix', () => {
  test.each<[string, Partial<WorkerProps>, RegExp]>([
    [
      'a rate of nothing',
      { protect: { rate: { perPod: 0 } } },
      /protect\.rate\.perPod must be .* or more, got 0/,
    ],
    [
      'half a burst',
      { protect: { rate: { perPod: 1, burst: 0.5 } } },
      /protect\.rate\.burst must be a whole number of 1 or more/,
    ],
    [
      'a share above 1',
      { protect: { breaker: { failureShare: 2 } } },
      /protect\.breaker\.failureShare must be 1 or less, got 2/,
    ],
    [
      'a breaker that never opens long',
      { protect: { breaker: { openFor: Duration.millis(0) } } },
      /protect\.breaker\.openFor must be .* or more/,
    ],
    [
      'a negative budget',
      { protect: { retryBudget: { share: -1 } } },
      /protect\.retryBudget\.share must be 0 or more/,
    ],
    [
      'more slots than there are',
      { protect: { adaptive: { leastSlots: 5000 } } },
      /protect\.adaptive\.leastSlots must be \d+ or less/,
    ],
    [
      'more live slots than planned',
      { live: { slots: 5000 } },
      /live\.slots must be \d+ or less, got 5,?000/,
    ],
    [
      'a live rate of nothing',
      { live: { rate: { perPod: -1 } } },
      /live\.rate\.perPod must be .* or more, got -1/,
    ],
    [
      'a level that is none',
      { live: { logLevel: 'loud' as 'info' } },
      /live\.logLevel must be 'debug', 'info', 'warn' or 'error', got "loud"/,
    ],
  ])('%s', (_, props, line) => {
    expect(linesOf(props)).toContainEqual(expect.stringMatching(line));
  });
});
