import { Duration, Size } from 'cdk8s';
import { main } from '../../lib/cli/main';
import type { Output } from '../../lib/cli/output';
import type { ProgramModel, WorkerModel } from '../../lib/model';
import { planWorker } from '../../lib/plan/plan-worker';
import type { WorkerSpec } from '../../lib/plan/spec';
import { temporaryFolder } from '../temporary-folder';

/** What the plan of the example worker is made from. */
export const SPEC: WorkerSpec = {
  name: 'resize',
  task: {
    cpuSeconds: Duration.millis(40).toMilliseconds() / 1000,
    durationSeconds: { mean: 0.09, max: 20 },
    memoryBytes: {
      base: Size.mebibytes(24).toKibibytes() * 1024,
      perTask: Size.mebibytes(60).toKibibytes() * 1024,
    },
  },
  concurrency: 4,
  scale: { min: 3, max: 10, drainWithinSeconds: 60 },
  source: { delivery: 'push', roundTripSeconds: 0.00001 },
};

/** A worker with a memory source, as a program describes it. */
export function exampleModel(path = 'studio/resize', change: Partial<WorkerModel> = {}): WorkerModel {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const plan = planWorker({ ...SPEC, name });
  return {
    path,
    name,
    app: {
      name,
      directory: `apps/${name}`,
      repository: `localhost:5000/${name}`,
      kind: 'worker',
      handler: 'Handle',
      brokers: [],
    },
    spec: { ...SPEC, name },
    plan,
    contract: {
      contract: 1,
      name,
      pool: { slots: 4 },
      fetch: { factor: 2, maxPrefetch: 1 },
      source: { memory: { capacity: 100 } },
      task: {
        maxSeconds: 20,
        ackWaitSeconds: 44,
        maxAttempts: 5,
        backoff: { initialSeconds: 1, maxSeconds: 60, factor: 2, jitter: 0.5 },
      },
      shutdown: { lameDuckSeconds: 5, drainSeconds: 20, flushSeconds: 3 },
      http: { metricsPort: 9090, intakePort: 8080 },
      settings: { quality: '80' },
    },
    limits: { memoryBytes: plan.figures.memoryLimit.value },
    environment: {},
    ...change,
  };
}

/** What a program with these workers writes about itself. */
export function programModel(
  workers: readonly WorkerModel[],
  problems: ProgramModel['problems'] = [],
): ProgramModel {
  return {
    version: 1,
    problems,
    images: { registry: 'localhost:5000', lockFile: 'images.lock.json' },
    workers,
    services: [],
    apps: [],
    around: [],
  };
}

/** A folder with a program that describes itself like this, in plain JavaScript. */
export function programFolder(model: unknown): string {
  return temporaryFolder({
    'cdk8s.yaml': 'app: node main.cjs\n',
    'model.json': JSON.stringify(model),
    'main.cjs': "require('node:fs').copyFileSync('model.json', process.env.CAPSTAN_MODEL);\n",
  });
}

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in a folder. */
export async function capstan(folder: string, ...args: string[]): Promise<Ran> {
  const printed = { out: '', err: '' };
  const output: Output = {
    out: (text) => {
      printed.out += `${text}\n`;
    },
    err: (text) => {
      printed.err += `${text}\n`;
    },
    isTerminal: false,
  };
  const code = await main(args, { folder, output });
  return { code, ...printed };
}
