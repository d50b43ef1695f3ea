import { CommandError } from '../command-error';
import type { MemorySource, Source } from '../contract/zz_worker.gen';
import type { WorkerModel } from '../model';

/** Where the tasks of a run come from. */
export type RunTasks =
  | { readonly kind: 'folder'; readonly input: string }
  | { readonly kind: 'seeds'; readonly seeds: readonly string[] }
  /** Pushed over HTTP; `input` is a folder that the handler reads, if it reads one. */
  | { readonly kind: 'intake'; readonly input?: string };

/** What a person said about the tasks of a run. */
export interface TaskOptions {
  /** A folder whose files are the tasks. */
  readonly input?: string | undefined;
  /** Tasks, each a JSON document or a URL. */
  readonly seeds?: readonly string[] | undefined;
  /** Tasks are pushed over HTTP, and `input` is what the handler reads. @default the files of `input` are the tasks */
  readonly isPushed?: boolean | undefined;
}

/**
 * Where the tasks of a run come from: a folder, seeds, the worker's own seeds, or, for a worker that is pushed to,
 * its intake port.
 *
 * @throws CommandError for two sources at once, and for a worker that has no tasks without a folder
 */
export function runTasks(
  worker: WorkerModel,
  { input, seeds = [], isPushed = false }: TaskOptions,
): RunTasks {
  if (isPushed) return { kind: 'intake', ...(input !== undefined && { input }) };
  if (input !== undefined && seeds.length > 0) {
    throw new CommandError('Tasks must come from one place, got --input and --seed. Leave one out.');
  }
  if (input !== undefined) return { kind: 'folder', input };
  if (seeds.length > 0) return { kind: 'seeds', seeds: seeds.map(seedPayload) };
  const own = worker.contract.source.memory;
  if (own === undefined) {
    throw new CommandError(
      `${worker.path}: works on the files of a folder, got none. Name one with --input <folder>.`,
    );
  }
  if (own.seeds !== undefined && own.seeds.length > 0) return { kind: 'seeds', seeds: own.seeds };
  if (worker.contract.folders?.input !== undefined) {
    throw new CommandError(
      `${worker.path}: its handler reads a folder, got none. Name one with --input <folder>; its files are the tasks.`,
    );
  }
  return { kind: 'intake' };
}

/** A seed as the payload of a task: a JSON object or array as it is, and a URL as `{"url": …}`. */
export function seedPayload(seed: string): string {
  if (/^\s*[[{"]/.test(seed)) {
    try {
      return JSON.stringify(JSON.parse(seed));
    } catch {
      throw new CommandError(`--seed must be a JSON document or a URL, got ${seed}.`);
    }
  }
  if (!URL.canParse(seed)) throw new CommandError(`--seed must be a JSON document or a URL, got ${seed}.`);
  return JSON.stringify({ url: seed });
}

/**
 * The contract's source for a run. A run over a folder or seeds ends when all of them are settled.
 *
 * @param input and `state` as the worker sees them
 */
export function runSource(tasks: RunTasks, worker: WorkerModel, input: string, state: string): Source {
  switch (tasks.kind) {
    case 'folder':
      return { folder: { input, state, exitWhenIdle: true } };
    case 'seeds':
      return { memory: { ...memory(worker), seeds: [...tasks.seeds], exitWhenIdle: true } };
    case 'intake':
      return { memory: memory(worker) };
    default:
      return tasks satisfies never;
  }
}

/** Capacity of the queue of a worker whose own source is no memory. */
const CAPACITY = 10_000;

function memory(worker: WorkerModel): MemorySource {
  const { capacity = CAPACITY, payloadBytes } = worker.contract.source.memory ?? {};
  return { capacity, ...(payloadBytes !== undefined && { payloadBytes }) };
}
