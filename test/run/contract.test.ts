import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { runContract } from '../../lib/run/contract';
import { runEnvironment, runPlan, unconfinedEnvironment } from '../../lib/run/run-plan';
import { type RunTasks, runTasks, seedPayload } from '../../lib/run/tasks';
import { exampleModel } from '../cli/example-program';

const schema = JSON.parse(readFileSync(join(__dirname, '../../contract/worker.schema.json'), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);
const places = {
  input: '/in',
  output: '/out',
  state: '/out/.capstan/state',
  report: '/out/.capstan/report.json',
};
const worker = exampleModel();
const folderWorker = exampleModel('studio/resize', {
  contract: { ...worker.contract, source: { folder: { input: '/data/in', state: '/data/state' } } },
});

describe('the contract of a run', () => {
  const kinds: RunTasks[] = [
    { kind: 'folder', input: '/in' },
    { kind: 'seeds', seeds: ['{"url":"http://site/"}'] },
    { kind: 'intake' },
  ];

  test.each(kinds.map((tasks) => [tasks.kind, tasks] as const))(
    'fits the schema with tasks from %s',
    (_, tasks) => {
      for (const model of [worker, folderWorker]) {
        validate(runContract(model, model.plan, tasks, places));
        expect(validate.errors ?? []).toEqual([]);
      }
    },
  );

  test('keeps what the pods have, but for where tasks come from and results go', () => {
    const contract = runContract(worker, worker.plan, { kind: 'folder', input: '/in' }, places);
    const { name, task, shutdown, settings } = worker.contract;
    expect(contract).toMatchObject({ name, task, shutdown, settings });
    expect(contract.source).toEqual({ folder: { input: '/in', state: places.state, exitWhenIdle: true } });
    expect(contract.folders).toEqual({ input: '/in', output: '/out' });
  });

  test.each(['seeds', 'intake'] as const)("keeps the bounds of the worker's own queue with %s", (kind) => {
    const bounded = exampleModel('studio/resize', {
      contract: { ...worker.contract, source: { memory: { capacity: 5, payloadBytes: 77 } } },
    });
    const tasks: RunTasks = kind === 'seeds' ? { kind, seeds: ['{}'] } : { kind };
    const { memory } = runContract(bounded, bounded.plan, tasks, places).source;
    expect(memory).toMatchObject({ capacity: 5, payloadBytes: 77 });
  });

  test('listens on this machine only, on free ports', () => {
    const contract = runContract(worker, worker.plan, { kind: 'intake' }, places);
    expect(contract.http).toEqual({ host: '127.0.0.1', metricsPort: 0, intakePort: 0 });
  });

  test('goes on for ever only when nothing but the intake brings tasks', () => {
    const ends = kinds.map((tasks) => {
      const { folder, memory } = runContract(worker, worker.plan, tasks, places).source;
      return folder?.exitWhenIdle ?? memory?.exitWhenIdle ?? false;
    });
    expect(ends).toEqual([true, true, false]);
  });
});

describe('tasks of a run', () => {
  test('a URL becomes the payload that crawlers take; JSON stays', () => {
    expect(JSON.parse(seedPayload('http://site/'))).toEqual({ url: 'http://site/' });
    expect(JSON.parse(seedPayload('{ "path": "a.jpg" }'))).toEqual({ path: 'a.jpg' });
  });

  test.each(['{', 'photos', ''])('fails for the seed %j', (seed) => {
    expect(() => seedPayload(seed)).toThrow(/must be a JSON document or a URL/);
  });

  test('fails for two places at once', () => {
    expect(() => runTasks(worker, { input: 'photos', seeds: ['http://site/'] })).toThrow(
      /--input and --seed/,
    );
  });

  test('fails for a worker on a folder when none is named', () => {
    expect(() => runTasks(folderWorker, {})).toThrow(/--input <folder>/);
  });

  test('fails for a handler that reads a folder when none is named', () => {
    const reading = exampleModel('studio/resize', {
      contract: { ...worker.contract, folders: { input: '/photos/in' } },
    });
    expect(() => runTasks(reading, {})).toThrow(
      /its handler reads a folder, got none\. Name one with --input/,
    );
    expect(runTasks(reading, { input: 'photos' })).toEqual({ kind: 'folder', input: 'photos' });
  });

  test("a worker's own seeds are taken when nothing is named", () => {
    const seeded = exampleModel('studio/resize', {
      contract: { ...worker.contract, source: { memory: { capacity: 5, seeds: ['{"url":"http://own/"}'] } } },
    });
    expect(runTasks(seeded, {})).toEqual({ kind: 'seeds', seeds: ['{"url":"http://own/"}'] });
  });
});

describe('another pool size', () => {
  test('sizes anew what the spec leaves out', () => {
    const plan = runPlan(worker, 8);
    expect(plan.figures.poolSlots.value).toBe(8);
    expect(plan.figures.memoryLimit.value).toBeGreaterThan(worker.plan.figures.memoryLimit.value);
    expect(runEnvironment(plan).GOMEMLIMIT).toBe(String(plan.figures.gomemlimit.value));
  });

  test('without a control group, GOMAXPROCS is what Go would read from the CPU limit', () => {
    const gomaxprocs = (limit: number | 'none') => {
      const spec = { ...worker.spec, resources: { cpu: { request: 1.5, limit } } };
      return unconfinedEnvironment(runPlan({ ...worker, spec }, 4)).GOMAXPROCS;
    };
    expect(gomaxprocs(2.5)).toBe(String(Math.min(3, availableParallelism())));
    expect(gomaxprocs(2)).toBe('2');
  });

  test('fails when it does not fit what the spec fixes, with the reason', () => {
    const fixed = exampleModel('studio/resize', {
      spec: { ...worker.spec, resources: { memory: { limit: worker.plan.figures.memoryLimit.value } } },
    });
    expect(() => runPlan(fixed, 64)).toThrow(/--slots 64 does not fit[\s\S]*memory/);
  });

  test('fails with fewer slots than the adaptive limit leaves, in one line', () => {
    const limited = {
      ...worker,
      contract: { ...worker.contract, protect: { adaptive: { leastSlots: 3 } } },
    };
    expect(() => runPlan(limited, 2)).toThrow(
      /^\S+: --slots must be 3 \(protect\.adaptive\.leastSlots\) or more, got 2\. Give more, or lower leastSlots\.$/,
    );
    expect(runPlan(limited, 3).figures.poolSlots.value).toBe(3);
  });
});
