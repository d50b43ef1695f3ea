import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Load, outsideBand, type SimulateSettings, simulateBand } from '../../../lib/plan';

const FOLDER = resolve(__dirname, '../../e2e/recorded');

/** What a real autoscaler did, as test/e2e/recorded/README.md describes it. */
interface Recording {
  readonly worker: string;
  readonly documents: readonly object[];
  readonly load: { readonly seconds: readonly number[]; readonly rates: readonly number[] };
  readonly settings: SimulateSettings;
  readonly podStartSeconds: readonly number[];
  readonly steps: readonly {
    readonly atSeconds: number;
    readonly replicas: number;
    readonly readyPods: number;
  }[];
}

const FILES = ['loop-hpa.json', 'loop-keda.json'];

/** Between what the simulation lies, for all that the recording does not say exactly. */
function bandOf({ worker, documents, load, settings, podStartSeconds }: Recording) {
  const played: Load = { ...load, name: worker, durationSeconds: load.seconds.at(-1) ?? 0, problems: [] };
  const { workers, problems } = simulateBand(documents, played, settings, {
    runs: 300,
    uncertainty: {
      // What was recorded is from the creation of a pod until it was ready.
      schedulingSeconds: [0, 0],
      imagePullSeconds: [0, 0],
      startSeconds: [Math.min(...podStartSeconds), Math.max(...podStartSeconds)],
    },
  });
  expect(problems).toEqual([]);
  const [band] = workers;
  if (band === undefined) throw new Error(`${worker} was not simulated`);
  return band;
}

describe('what a real cluster did', () => {
  for (const file of FILES) {
    const recording = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recording;
    const band = bandOf(recording);
    // What holds at the end of a step, at a look of its own phase.
    const seen = recording.steps.map(({ atSeconds, replicas, readyPods }) => ({
      atSeconds: atSeconds + 1,
      replicas,
      readyPods,
    }));

    test(`lies inside the simulated band at each sync: ${file}`, () => {
      expect(outsideBand(band, seen).map(({ line }) => line)).toEqual([]);
    });

    test(`would not if its autoscaler had not acted: ${file}`, () => {
      const [first] = seen;
      const stuck = seen.map((it) => ({ ...it, replicas: first?.replicas ?? 0 }));
      expect(outsideBand(band, stuck).length).toBeGreaterThan(0);
    });
  }
});
