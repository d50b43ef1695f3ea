import type { Load } from '../load/load';
import type { Random } from '../simulation/random';
import type { SimulateSettings, WorkerProfile } from './settings';
import type { Loads } from './simulate';

/** What something lies between, both ends included. */
export type Range = readonly [low: number, high: number];

/** What is not known exactly of a cluster, and between what it lies. */
export interface Uncertainty {
  /**
   * When Prometheus looks first, in seconds after the start.
   * @default anywhere within its period
   */
  readonly scrapePhaseSeconds?: Range;
  /**
   * When the autoscaler looks first, in seconds after the start.
   * @default anywhere within its period
   */
  readonly syncPhaseSeconds?: Range;
  /**
   * From the creation of a pod to its node.
   * @default half to twice the setting
   */
  readonly schedulingSeconds?: Range;
  /**
   * Time that a pod's image takes.
   * @default 0, as where the node has it, to twice the setting
   */
  readonly imagePullSeconds?: Range;
  /**
   * From the start of a pod's container until it is ready.
   * @default half to twice the setting
   */
  readonly startSeconds?: Range;
  /**
   * Factor of the times of tasks.
   * @default 0.9 to 1.1
   */
  readonly taskTime?: Range;
  /**
   * Factor of the rates of the load: more or less may come than was meant.
   * @default 0.97 to 1.03
   */
  readonly rate?: Range;
  /**
   * When KEDA looks first, in seconds after the start.
   * @default anywhere within 30 s, the interval of a ScaledObject that names none
   */
  readonly pollPhaseSeconds?: Range;
}

const SETTINGS = {
  scrapeSeconds: 15,
  syncSeconds: 15,
  schedulingSeconds: 1,
  imagePullSeconds: 5,
  startSeconds: 2,
};

/** KEDA's polling interval where a ScaledObject says nothing. */
const POLLING_SECONDS = 30;

/** One draw of everything that is not known exactly, uniform between its ends. */
export interface Drawn {
  readonly load: Loads;
  readonly settings: SimulateSettings;
}

/** Draws what is not known exactly. */
export function draw(load: Loads, settings: SimulateSettings, of: Uncertainty, random: Random): Drawn {
  const known = { ...SETTINGS, ...settings };
  const within = ([low, high]: Range) => low + (high - low) * random.uniform();
  const times = {
    scrapePhaseSeconds: within(of.scrapePhaseSeconds ?? [0, known.scrapeSeconds]),
    syncPhaseSeconds: within(of.syncPhaseSeconds ?? [0, known.syncSeconds]),
    schedulingSeconds: within(
      of.schedulingSeconds ?? [known.schedulingSeconds / 2, known.schedulingSeconds * 2],
    ),
    imagePullSeconds: within(of.imagePullSeconds ?? [0, known.imagePullSeconds * 2]),
    startSeconds: within(of.startSeconds ?? [known.startSeconds / 2, known.startSeconds * 2]),
  };
  const taskTime = within(of.taskTime ?? [0.9, 1.1]);
  const rate = within(of.rate ?? [0.97, 1.03]);
  const pollPhaseSeconds = within(of.pollPhaseSeconds ?? [0, POLLING_SECONDS]);
  return {
    load: scaledLoads(load, rate),
    settings: { ...settings, ...times, pollPhaseSeconds, profiles: slowed(settings, taskTime) },
  };
}

function scaledLoads(load: Loads, factor: number): Loads {
  if (isLoad(load)) return scaled(load, factor);
  return Object.fromEntries(Object.entries(load).map(([name, own]) => [name, scaled(own, factor)]));
}

/** Whether it is one load for all, not one for each worker. */
function isLoad(load: Loads): load is Load {
  return Array.isArray(load.rates) && Array.isArray(load.seconds);
}

function scaled(load: Load, factor: number): Load {
  return { ...load, rates: load.rates.map((rate) => rate * factor) };
}

function slowed(
  { profiles = {}, plans = {} }: SimulateSettings,
  factor: number,
): Readonly<Record<string, WorkerProfile>> {
  const names = [...new Set([...Object.keys(profiles), ...Object.keys(plans)])];
  return Object.fromEntries(
    names.map((name) => {
      const given = profiles[name] ?? {};
      const throughput = given.throughputPerPod ?? plans[name]?.figures.throughputPerPod.value;
      return [
        name,
        {
          ...given,
          ...(given.meanSeconds !== undefined && { meanSeconds: given.meanSeconds * factor }),
          ...(throughput !== undefined && { throughputPerPod: throughput / factor }),
        },
      ];
    }),
  );
}
