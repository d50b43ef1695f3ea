// In which of the supported versions something is so.

import type { Versions } from '../../lib/schema/shape';
import type { Gates } from './go-source';

/** For each version, oldest first, whether something is so. */
export type History = readonly boolean[];

/** The versions of a history as ranges of the tables. */
export function rangeOf(history: History, minors: readonly string[]): Versions {
  const ranges: string[] = [];
  for (let first = 0; first < history.length; first++) {
    if (history[first] !== true) continue;
    let last = first;
    while (history[last + 1] === true) last++;
    const from = first === 0 ? '' : minors[first];
    const to = last === history.length - 1 ? '' : minors[last];
    ranges.push(`${from}..${to}`);
    first = last;
  }
  if (ranges.length === 0) throw new Error('a range without versions');
  return ranges.join(',');
}

/** When all of some feature gates are on by default. `gates` has what each version says, oldest first. */
export function onByDefault(
  names: readonly string[],
  gates: readonly Gates[],
  minors: readonly string[],
): History {
  for (const name of names) {
    if (!gates.some((known) => known.has(name))) throw new Error(`feature gate ${name} is in no version`);
  }
  return minors.map((minor, index) => names.every((name) => isOn(name, gates, index, minor)));
}

function isOn(name: string, gates: readonly Gates[], index: number, minor: string): boolean {
  const steps = gates[index]?.get(name);
  // A gate goes some versions after it was locked to on.
  if (steps === undefined) return gates.slice(0, index).some((known) => known.has(name));
  return steps.filter(({ since }) => number(since) <= number(minor)).at(-1)?.on ?? false;
}

function number(minor: string): number {
  return Number(minor.split('.')[1]);
}
