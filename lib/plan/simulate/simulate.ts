import { documentsOfList, textAt } from '../fields';
import type { Load } from '../load/load';
import type { Problem } from '../problem';
import { checkSingleScalers } from './check-documents';
import { nameOf, ofKind } from './document';
import type { Simulation } from './outcome';
import { type Reading, readWorker } from './read-workers';
import { type SimulateSettings, settleTiming } from './settings';
import { type SimulatedWorker, simulateWorker } from './worker-simulation';
import { isService, scalersOf, targetOf } from './workload';

/** One load for all workers, or each worker's own by its name. */
export type Loads = Load | Readonly<Record<string, Load>>;

/**
 * Plays workers along a load, as their manifests say: replicas, backlog, waits, late tasks, what downstream has to take,
 * and pod hours, step by step.
 *
 * It reads the documents that are deployed: the HorizontalPodAutoscaler of a workload, or its ScaledObject (KEDA makes an
 * autoscaler from it, takes the last pod and brings the first one), or a CronJob. The autoscaler decides by the algorithm
 * of its controller, over metrics that are as old as Prometheus makes them; pods are scheduled, pull their image, start,
 * drain and are replaced as the settings and the documents say. Tasks are an average over chance: see docs/simulate.md.
 *
 * Never throws for what is wrong in documents, load or settings: it lists all of it, and then simulates nothing.
 *
 * @param documents manifests as plain data, each alone or in a List; those that do not matter are passed over
 */
export function simulate(
  documents: readonly unknown[],
  load: Loads,
  settings: SimulateSettings = {},
): Simulation {
  const objects = documents.flatMap(documentsOfList);
  const problems: Problem[] = [];
  const timing = settleTiming(settings, problems);
  const reading: Reading = { documents: objects, settings, timing, problems };
  const scalers = chosenScalers(objects, settings, problems);
  checkSingleScalers(
    objects,
    scalers.map(({ document }) => document),
    problems,
  );
  const workers: { readonly worker: SimulatedWorker; readonly load: Load }[] = [];
  for (const { name, document } of scalers) {
    const own = loadFor(name, load);
    if (own === undefined) {
      problems.push(noLoad(name));
      continue;
    }
    const worker = readWorker(document, own, reading);
    if (worker !== undefined) workers.push({ worker, load: own });
  }
  problems.unshift(...new Set(scalers.flatMap(({ name }) => loadFor(name, load)?.problems ?? [])));
  if (problems.length > 0) return { workers: [], problems };
  return { workers: workers.map((it) => simulateWorker(it.worker, it.load, timing)), problems };
}

interface Chosen {
  /** Name of the workload. */
  readonly name: string;
  readonly document: unknown;
}

/** What scales the workers that are asked for. Jobs have loads of their own, so each has to be named. */
function chosenScalers(
  documents: readonly unknown[],
  { workers }: SimulateSettings,
  problems: Problem[],
): Chosen[] {
  const scaled = scalersOf(documents).map((document) => ({
    document,
    name: textAt(document, 'spec', 'scaleTargetRef', 'name') ?? '',
  }));
  const jobs = ofKind(documents, 'CronJob').map((document) => ({ document, name: nameOf(document).name }));
  if (workers === undefined) {
    const found = scaled.filter(({ document }) => !isService(documents, targetOf(documents, document)));
    if (found.length === 0) problems.push(nothingScaled());
    return found;
  }
  return workers.flatMap((wanted) => {
    const found = [...scaled, ...jobs].filter(({ name }) => name === wanted);
    if (found.length !== 1) problems.push(notOne(wanted, found.length, [...scaled, ...jobs]));
    return found.length === 1 ? found : [];
  });
}

function loadFor(name: string, load: Loads): Load | undefined {
  return isLoad(load) ? load : load[name];
}

function isLoad(load: Loads): load is Load {
  return Array.isArray(load.rates) && Array.isArray(load.seconds);
}

function noLoad(name: string): Problem {
  return {
    prop: `load.${name}`,
    wanted: 'must be a load, as every worker has one',
    got: 'none',
    fix: 'Add it, or name the workers to simulate.',
  };
}

function nothingScaled(): Problem {
  return {
    prop: 'documents',
    wanted: 'must hold a HorizontalPodAutoscaler or ScaledObject of a worker',
    got: 'none',
    fix: 'Pass the manifests of the worker, or name the CronJob to simulate.',
  };
}

function notOne(wanted: string, count: number, known: readonly Chosen[]): Problem {
  const names = [...new Set(known.map(({ name }) => name))].sort().join(', ');
  return {
    prop: `workers: ${wanted}`,
    wanted: 'must be scaled by one HorizontalPodAutoscaler, ScaledObject or CronJob of the documents',
    got: count === 0 ? 'none' : String(count),
    fix: count === 0 ? `Known are: ${names || 'none'}.` : 'Pass the documents of one environment.',
  };
}
